import { mkdir, readFile, rm } from 'node:fs/promises';
import { debian12 } from './distribution.js';
import { LabError } from './errors.js';
import { parseLabSubnet } from './ipv4.js';
import { labPaths, type LabPaths } from './names.js';
import type { LabSecrets } from './secrets.js';
import { directoryFor, resolveSettings, type GivenSettings, type LabSettings } from './settings.js';
import { readState, refuseOtherSettings, type LabState } from './state.js';

export const distribution = debian12;

/** A lab as a command finds it. */
export interface FoundLab {
  readonly paths: LabPaths;
  readonly state: LabState | undefined;
}

export async function findLab(given: GivenSettings): Promise<FoundLab> {
  const paths = labPaths(directoryFor(given));
  return { paths, state: await readState(paths) };
}

/** What the user says, completed by what the lab already is. @throws LabError when the two differ */
export function settingsFor(given: GivenSettings, state: LabState | undefined): LabSettings {
  if (state === undefined) return resolveSettings(given);
  refuseOtherSettings(given, state);
  return {
    name: state.name,
    directory: directoryFor(given),
    cacheDirectory: given.cacheDirectory ?? state.cacheDirectory,
    subnet: parseLabSubnet(state.subnet, '--subnet'),
    providerSubnet: parseLabSubnet(state.providerSubnet, '--provider-subnet'),
    rootLogin: state.rootLogin,
  };
}

export async function readSecrets(paths: LabPaths): Promise<LabSecrets | undefined> {
  try {
    return JSON.parse(await readFile(paths.secrets, 'utf8')) as LabSecrets;
  } catch {
    return undefined;
  }
}

export async function makeLabDirectory(paths: LabPaths): Promise<void> {
  try {
    await mkdir(paths.logs, { recursive: true });
  } catch (cause) {
    throw new LabError('WB_LAB_DIRECTORY', `Cannot make ${paths.logs}: ${(cause as Error).message}`, {
      advice: 'Run it as root, or choose another --directory.',
      cause,
    });
  }
}

/** What tells users that the lab is there; taken away first and put back last. */
export async function removeOutputs(paths: LabPaths): Promise<void> {
  const outputs = [paths.description, paths.openrc, paths.cloudsYaml, paths.tempestConf, paths.nodesYaml];
  for (const path of [...outputs, paths.sshConfig, paths.knownHosts]) await rm(path, { force: true });
}
