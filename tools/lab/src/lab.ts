import { mkdir, readFile, rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { usableCpus } from './machine-facts.js';
import { debian12 } from './distribution.js';
import { LabError, exitCodes } from './errors.js';
import { parseLabSubnet } from './ipv4.js';
import { hostsFor, type Host } from './lab-hosts.js';
import { labPaths, type LabPaths } from './names.js';
import { loadProfile } from './profiles.js';
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
    profile: state.profile,
    services: state.services ?? [],
  };
}

/**
 * The hosts that a lab has, or those that its profile asks for on this machine.
 * @throws LabError when the user names the profile and it asks for other hosts than the lab has
 */
export async function planHosts(
  given: GivenSettings,
  settings: LabSettings,
  state: LabState | undefined,
): Promise<readonly Host[]> {
  if (state !== undefined && given.profile === undefined) return state.hosts;
  const hosts = hostsFor(await loadProfile(settings.profile), settings.subnet, await usableCpus());
  if (state === undefined || isDeepStrictEqual(hosts, state.hosts)) return hosts;
  throw new LabError(
    'WB_LAB_SETTINGS',
    `The profile ${settings.profile} asks for other hosts now than when this lab was made with it.`,
    {
      advice: 'Leave out --profile to go on with the lab as it is, or use "up --fresh" to make it anew.',
      exitCode: exitCodes.usage,
    },
  );
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
