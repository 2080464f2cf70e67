import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a lab keeps its state unless WHITEBOX_LAB_DIR says otherwise. */
export const defaultLabDirectory = '/var/lib/whitebox-lab';

/** Of {@link LabDescription}; raised with what it gains or loses. */
export const descriptionFormat = 2;

/** What a running lab tells its users; written to `lab.json` in its directory once the cloud is ready. */
export interface LabDescription {
  readonly format: number;
  readonly directory: string;
  /** Begins the names of what the lab made on the machine. */
  readonly name: string;
  /** Name of the profile that it was made with, or the path of a file. */
  readonly profile: string;
  /** How its services are deployed: `packages` of the distribution, or as that tool would: `devstack`, `tripleo`. */
  readonly deployment: string;
  readonly hosts: readonly LabHost[];
  /** Key login as an unprivileged user with passwordless sudo, on every host. */
  readonly ssh: {
    readonly user: string;
    /** Through whom the hosts are reached, as ProxyJump has it; absent where there is nothing in between. */
    readonly jump?: string | undefined;
    readonly identityFile: string;
    readonly knownHostsFile: string;
    /** For `ssh -F`; knows every host by name. */
    readonly configFile: string;
  };
  /** Where its APIs answer. */
  readonly apiAddress: string;
  /** An account that can only read; to be reached from the hosts, and from the machine itself where no `jump` is in between. */
  readonly database: LabDatabase;
  /** An account that may do everything, for tests that break something on purpose. */
  readonly databaseAdmin: LabDatabase;
  /** Name of the administrator's entry in `cloudsYaml`. */
  readonly cloud: string;
  /** Guests in the provider network let the owner of this key in, from the machine. */
  readonly guest: { readonly user: string; readonly identityFile: string };
  /** Parts that a lab may lack and this one has: `volumes` (Cinder), `keys` (Barbican, and with it vTPM). */
  readonly services: readonly string[];
  /** Names of Cinder's volume types: one for plain volumes, with keys another for encrypted ones; none without volumes. */
  readonly volumeTypes: readonly string[];
  /** Names of images in Glance: one to boot, another to rebuild with. */
  readonly images: readonly string[];
  readonly networks: { readonly private: string; readonly provider: string };
  readonly files: {
    readonly openrc: string;
    readonly cloudsYaml: string;
    readonly tempestConf: string;
    readonly nodesYaml: string;
  };
}

export interface LabDatabase {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly passwordFile: string;
}

export interface LabHost {
  readonly name: string;
  readonly address: string;
  readonly roles: readonly ('control' | 'compute')[];
  /** Nova's `[compute]cpu_dedicated_set` and `cpu_shared_set`: `0-1,4-5`; empty where the option is not set. */
  readonly dedicatedCpus: string;
  readonly sharedCpus: string;
  /** Whether what it shows is a topology of the profile; else it is that of the machine. */
  readonly emulated: boolean;
  /** NUMA cells as the host showed them when the lab came up. */
  readonly cells: readonly LabCell[];
}

export interface LabCell {
  readonly id: number;
  readonly socket: number;
  readonly memoryMib: number;
  readonly hugepages: readonly { readonly sizeKib: number; readonly total: number }[];
  /** The CPUs of each core: one, or as many as it has threads. */
  readonly cores: readonly (readonly number[])[];
}

/** The lab that runs on this machine. @throws Error when none is up */
export async function readLab(
  directory = process.env['WHITEBOX_LAB_DIR'] ?? defaultLabDirectory,
): Promise<LabDescription> {
  const path = join(directory, 'lab.json');
  try {
    return JSON.parse(await readFile(path, 'utf8')) as LabDescription;
  } catch (error) {
    throw new Error(`No lab is up: cannot read ${path}. Start one with "npm run lab -- up".`, {
      cause: error,
    });
  }
}
