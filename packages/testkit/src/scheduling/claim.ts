/**
 * What a case uses of the cloud while it runs; cases whose claims fit beside each other run at the same time. A case without
 * a claim has the whole cloud alone: one that changes what all hosts share, or looks at the sums of all hosts.
 */
export interface Claim {
  /**
   * Dedicated CPUs that its guests hold on one host at the same time, those for emulator threads among them; default 0. They
   * are kept free in one NUMA cell of every host where its guests may come.
   */
  readonly dedicatedCpus?: number | undefined;
  /** In so many NUMA cells of a host, so many dedicated CPUs in each; default 1. */
  readonly cells?: number | undefined;
  /** MiB that its guests have on one host at the same time; default 512. */
  readonly memoryMib?: number | undefined;
  /** Servers that it has at the same time, of the quota of the project; default 1. */
  readonly servers?: number | undefined;
  /** vCPUs that they have together, of the quota of the project; default 4. */
  readonly vcpus?: number | undefined;
  /** Volumes that it has at the same time, of the quota of the project; default 0. */
  readonly volumes?: number | undefined;
  /** What no other case that says so uses at the same time, since a host has few of it or the case counts all of it. */
  readonly exclusive?: readonly Exclusive[] | undefined;
  /**
   * Hosts that it has to itself, with no guest of another case: where it configures and restarts, and where its guests start.
   * Default 0.
   */
  readonly ownHosts?: number | undefined;
  /**
   * Hosts beside those where its guests may come, as those of other cases do. `all`, the default of a case without hosts of its
   * own: Nova chooses, guests move, so no host may be somebody's own meanwhile. `one`: all of its guests would do with any one
   * host and stay there, so they are sent elsewhere while one is somebody's own. `none`, the default of a case with hosts of
   * its own.
   */
  readonly sharedHosts?: 'all' | 'one' | 'none' | undefined;
}

/** Of which a cloud has little, which takes it long to make, or which cases count on whole hosts. */
export type Exclusive = 'hugepages' | 'nvdimm' | 'pci' | 'vgpu' | 'many volumes';

/** What a claim keeps free on each host where it may be used. */
export interface Share {
  readonly dedicatedCpus: number;
  readonly cells: number;
  readonly memoryMib: number;
}

export function shareOf({ dedicatedCpus = 0, cells = 1, memoryMib = 512 }: Claim): Share {
  return { dedicatedCpus, cells, memoryMib };
}

/** What a claim takes of the quota of the project. */
export interface QuotaShare {
  readonly servers: number;
  readonly vcpus: number;
  readonly volumes: number;
}

export function quotaShareOf({ servers = 1, vcpus = 4, volumes = 0 }: Claim): QuotaShare {
  return { servers, vcpus, volumes };
}

/** How a claim uses hosts, its defaults filled in. */
export function hostsOf({ ownHosts = 0, sharedHosts }: Claim): {
  readonly own: number;
  readonly shared: 'all' | 'one' | 'none';
} {
  return { own: ownHosts, shared: sharedHosts ?? (ownHosts > 0 ? 'none' : 'all') };
}
