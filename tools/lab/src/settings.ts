import { defaultLabDirectory } from './description.js';
import { LabError, exitCodes } from './errors.js';
import { profileReference } from './profiles.js';
import { servicesWithout, type OptionalService } from './optional-services.js';
import { formatSubnet, overlap, parseLabSubnet, type Subnet } from './ipv4.js';

/** What tells one lab from another. */
export interface LabSettings {
  /** Begins the name of all that the lab makes on the machine: interfaces, network namespaces, control groups. */
  readonly name: string;
  readonly directory: string;
  readonly cacheDirectory: string;
  readonly subnet: Subnet;
  readonly providerSubnet: Subnet;
  /** Root may log in to the hosts with the operator's key. */
  readonly rootLogin: boolean;
  /** Name of one of the lab's profiles, or the full path of a file. */
  readonly profile: string;
  /** Parts of the cloud that a lab may lack. */
  readonly services: readonly OptionalService[];
}

/** As a user says it: options first, then the environment. */
export interface GivenSettings {
  readonly name?: string | undefined;
  readonly directory?: string | undefined;
  readonly cacheDirectory?: string | undefined;
  readonly subnet?: string | undefined;
  readonly providerSubnet?: string | undefined;
  readonly rootLogin?: boolean | undefined;
  readonly profile?: string | undefined;
  /** Optional services to leave out, with commas between them. */
  readonly without?: string | undefined;
}

export const defaults = {
  name: 'wb',
  cacheDirectory: '/var/cache/whitebox-lab',
  subnet: '172.30.240.0/24',
  providerSubnet: '172.30.241.0/24',
  profile: 'nfv',
} as const;

export function settingsFromEnvironment(env: Readonly<Record<string, string | undefined>>): GivenSettings {
  return {
    name: env['WHITEBOX_LAB_NAME'],
    directory: env['WHITEBOX_LAB_DIR'],
    cacheDirectory: env['WHITEBOX_LAB_CACHE'],
    subnet: env['WHITEBOX_LAB_SUBNET'],
    providerSubnet: env['WHITEBOX_LAB_PROVIDER_SUBNET'],
    profile: env['WHITEBOX_LAB_PROFILE'],
    without: env['WHITEBOX_LAB_WITHOUT'],
  };
}

/** The first that says something, value by value. */
export function mergeSettings(...given: readonly GivenSettings[]): GivenSettings {
  const merged: Record<string, unknown> = {};
  for (const settings of given) {
    for (const [key, value] of Object.entries(settings)) merged[key] ??= value;
  }
  return merged;
}

/** A lab of another name has another directory, so that `--name` alone keeps two labs apart. */
export function directoryFor(given: GivenSettings): string {
  const name = given.name ?? defaults.name;
  return given.directory ?? (name === defaults.name ? defaultLabDirectory : `${defaultLabDirectory}-${name}`);
}

/** @throws LabError for values that cannot work, each with what would */
export function resolveSettings(given: GivenSettings): LabSettings {
  const name = given.name ?? defaults.name;
  if (!/^[a-z][a-z0-9]{0,8}$/.test(name)) {
    throw usage(
      `--name ${name} cannot begin the name of a network interface.`,
      'Take a letter and up to eight small letters or digits.',
    );
  }
  const directory = directoryFor(given);
  const cacheDirectory = given.cacheDirectory ?? defaults.cacheDirectory;
  for (const [option, path] of [
    ['--directory', directory],
    ['--cache', cacheDirectory],
  ] as const) {
    if (!/^\/[\w.+/-]*\w[\w.+/-]*$/.test(path)) {
      throw usage(
        `${option} ${path} cannot be part of mount options and shell words.`,
        'Take an absolute path of letters, digits, "-", "_", "." and "+".',
      );
    }
  }
  const subnet = parseLabSubnet(given.subnet ?? defaults.subnet, '--subnet');
  const providerSubnet = parseLabSubnet(given.providerSubnet ?? defaults.providerSubnet, '--provider-subnet');
  if (overlap(subnet, providerSubnet)) {
    throw usage(
      `--subnet ${formatSubnet(subnet)} and --provider-subnet ${formatSubnet(providerSubnet)} overlap.`,
      'Give two networks of their own.',
    );
  }
  const rootLogin = given.rootLogin ?? false;
  const profile = profileReference(given.profile ?? defaults.profile);
  const services = servicesWithout(given.without);
  return { name, directory, cacheDirectory, subnet, providerSubnet, rootLogin, profile, services };
}

function usage(message: string, advice: string): LabError {
  return new LabError('WB_LAB_USAGE', message, { advice, exitCode: exitCodes.usage });
}
