import type { WhiteboxConfig } from '@whitebox/config';
import type { Host } from '@whitebox/host';
import type { ComputeService, MicroversionRange, ServiceType, Token } from '@whitebox/openstack';
import type { Deployment } from '@whitebox/services';
import type { ComputeNodeRow } from '@whitebox/db';
import type { CloudConnection } from '../cloud-connection.js';
import type { OpenRun } from '../run-state.js';

/**
 * A cloud and the way to it, piece by piece: what does not work keeps nobody from looking at the rest. Each piece is opened
 * when it is asked for, and once.
 */
export interface Site {
  readonly here: Here;
  /** @throws ConfigError */
  readonly config: () => Promise<WhiteboxConfig>;
  /** Logged in. */
  readonly api: () => Promise<SiteApi>;
  /** Those of Nova's services, and those that the configuration names; where Nova cannot be asked, the latter alone. */
  readonly hosts: () => Promise<readonly SiteHost[]>;
  readonly database: () => Promise<SiteDatabase>;
  /** Everything at once, as a run opens it. */
  readonly connection: () => Promise<SiteConnection>;
}

/** The machine that runs Whitebox. */
export interface Here {
  readonly nodeVersion: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Folder with the records of runs. */
  readonly stateRoot: string;
  /** Folders that a run writes to. */
  readonly folders: readonly string[];
  /** Bytes that this user can still write into the file system of a folder, which need not exist yet. */
  readonly freeBytes: (folder: string) => Promise<number>;
  readonly openRuns: () => Promise<readonly OpenRun[]>;
}

export interface SiteApi {
  readonly token: Pick<Token, 'roles' | 'userName' | 'projectName' | 'clockAheadMs'>;
  readonly keystone: string;
  readonly hasService: (type: ServiceType) => Promise<boolean>;
  readonly endpoint: (type: ServiceType) => Promise<string>;
  /** Asks the service for what every run asks; null where it has no microversions. */
  readonly answers: (type: ServiceType, signal: AbortSignal) => Promise<MicroversionRange | null>;
  readonly services: () => Promise<readonly ComputeService[]>;
  /** Names of resources that look like those of a run, by kind: "server wb-...". */
  readonly namedAsOurs: (signal: AbortSignal) => Promise<readonly string[]>;
}

export interface SiteHost {
  readonly name: string;
  /** "192.0.2.1 ([whitebox] ctlplane_addresses)" */
  readonly where: string;
  readonly isCompute: boolean;
  /** As the user that logs in. */
  readonly login: () => Promise<Host>;
  readonly root: () => Promise<Host>;
  readonly deployment: () => Promise<Pick<Deployment, 'flavour' | 'virsh' | 'services' | 'service'>>;
  /** Nova's version of its running nova-compute; undefined where it cannot be told. */
  readonly novaVersion: () => Promise<string | undefined>;
}

export interface SiteDatabase {
  /** "nova at 192.0.2.5" */
  readonly account: string;
  /** Whose word it is. */
  readonly place: string;
  /** Lines of SHOW GRANTS, without what tells a password. */
  readonly grants: () => Promise<readonly string[]>;
  /** Of each cell: its name, and what is wrong with its database. */
  readonly cells: () => Promise<readonly { readonly name: string; readonly problem: unknown }[]>;
  readonly computeNodes: () => Promise<readonly ComputeNodeRow[]>;
}

export interface SiteConnection extends Pick<CloudConnection, 'warnings'> {
  readonly options: Pick<CloudConnection['options'], 'all'>;
}
