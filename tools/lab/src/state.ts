import { rename, readFile, writeFile } from 'node:fs/promises';
import { LabError, exitCodes } from './errors.js';
import { formatSubnet } from './ipv4.js';
import type { Host } from './lab-hosts.js';
import type { LabPaths } from './names.js';
import { profileReference } from './profiles.js';
import { partsLeftOut, servicesWithout, type OptionalService } from './optional-services.js';
import type { GivenSettings, LabSettings } from './settings.js';

/** What a lab remembers of itself between commands. */
export interface LabState {
  readonly version: 2;
  readonly name: string;
  readonly subnet: string;
  readonly providerSubnet: string;
  readonly cacheDirectory: string;
  readonly rootLogin: boolean;
  readonly profile: string;
  /** Absent in labs that were made before there were any. */
  readonly services?: readonly OptionalService[] | undefined;
  readonly hosts: readonly Host[];
  /** The root filesystem that the hosts' own layers lie over. */
  readonly rootfs: string;
  /** The boot in which interfaces, namespaces and control groups were made; they are ours in that boot only. */
  readonly networkBoot?: string | undefined;
}

export function stateOf(settings: LabSettings, hosts: readonly Host[], rootfs: string): LabState {
  return {
    version: 2,
    name: settings.name,
    subnet: formatSubnet(settings.subnet),
    providerSubnet: formatSubnet(settings.providerSubnet),
    cacheDirectory: settings.cacheDirectory,
    rootLogin: settings.rootLogin,
    profile: settings.profile,
    services: settings.services,
    hosts,
    rootfs,
  };
}

export function hostNames(state: LabState): string[] {
  return state.hosts.map(({ name }) => name);
}

export async function readState(paths: LabPaths): Promise<LabState | undefined> {
  let text: string;
  try {
    text = await readFile(paths.state, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new LabError('WB_LAB_STATE', `Cannot read ${paths.state}: ${(cause as Error).message}`, {
      advice: 'The lab belongs to root: run the command with sudo.',
      exitCode: exitCodes.machineUnfit,
      cause,
    });
  }
  const state = JSON.parse(text) as LabState;
  if ((state.version as number) !== 2) {
    throw new LabError('WB_LAB_STATE', `${paths.state} was written by another version of the lab.`, {
      advice: 'Take it down with that version.',
    });
  }
  return state;
}

/** In one step, so that a kill leaves the old or the new. */
export async function writeAtomically(path: string, text: string, mode = 0o600): Promise<void> {
  await writeFile(`${path}.new`, text, { mode });
  await rename(`${path}.new`, path);
}

export async function writeState(paths: LabPaths, state: LabState): Promise<void> {
  await writeAtomically(paths.state, `${JSON.stringify(state, undefined, 2)}\n`);
}

/** What the user says must agree with what the lab already is. @throws LabError that names the difference */
export function refuseOtherSettings(given: GivenSettings, state: LabState): void {
  const pairs = [
    ['--name', given.name, state.name],
    ['--subnet', given.subnet, state.subnet],
    ['--provider-subnet', given.providerSubnet, state.providerSubnet],
    ['--profile', given.profile === undefined ? undefined : profileReference(given.profile), state.profile],
    [
      '--without',
      given.without === undefined ? undefined : partsLeftOut(servicesWithout(given.without)),
      partsLeftOut(state.services ?? []),
    ],
    ['--root-login', given.rootLogin === true ? 'yes' : undefined, state.rootLogin ? 'yes' : 'no'],
  ] as const;
  for (const [option, wanted, is] of pairs) {
    if (wanted !== undefined && wanted !== is) {
      throw new LabError('WB_LAB_SETTINGS', `This lab was made with ${option} ${is}, not ${wanted}.`, {
        advice: 'Use "up --fresh" to make it anew, or --directory for a second lab.',
        exitCode: 2,
      });
    }
  }
}
