import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a lab keeps its state unless WHITEBOX_LAB_DIR says otherwise. */
export const defaultLabDirectory = '/var/lib/whitebox-lab';

/** What a running lab tells its users; written to `lab.json` in its directory once the cloud is ready. */
export interface LabDescription {
  readonly directory: string;
  readonly hosts: readonly LabHost[];
  /** Key login as an unprivileged user with passwordless sudo, on every host. */
  readonly ssh: {
    readonly user: string;
    readonly identityFile: string;
    readonly knownHostsFile: string;
    /** For `ssh -F`; knows every host by name. */
    readonly configFile: string;
  };
  /** As seen from inside the control host's network. */
  readonly database: {
    readonly address: string;
    readonly port: number;
    readonly user: string;
    readonly passwordFile: string;
  };
  /** Name of the administrator's entry in `cloudsYaml`. */
  readonly cloud: string;
  readonly files: {
    readonly openrc: string;
    readonly cloudsYaml: string;
    readonly tempestConf: string;
    readonly nodesYaml: string;
  };
}

export interface LabHost {
  readonly name: string;
  readonly address: string;
  readonly roles: readonly ('control' | 'compute')[];
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
