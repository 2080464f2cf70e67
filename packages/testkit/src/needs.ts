import type { OptionKey } from '@whitebox/config';
import {
  dedicatedCpusOf,
  freeDedicated,
  freeThreadedCores,
  hasThreads,
  mostDedicated,
  sharedCpusOf,
  threadedCores,
  type HostCapacity,
} from './capacity.js';
import type { ComputeHost } from './compute-host.js';
import type { NovaApis } from './nova-api.js';
import type { HostDevices } from './devices/host-devices.js';
import type { OptionFinder } from './discovery/option-finder.js';

/** What needs are checked against: what discovery found, read again right before each case. */
export interface Discovered {
  capacity(): Promise<readonly HostCapacity[]>;
  /** For needs that are looked for on the hosts themselves, or in the configuration that each runs with. */
  readonly computes: readonly Pick<ComputeHost, 'name' | 'machine' | 'virsh' | 'libvirtMachine' | 'config'>[];
  /** Devices of the hosts of which guests get some: PCI devices, GPUs, persistent memory. */
  hostDevices(): Promise<readonly HostDevices[]>;
  /** The nova-api of every host that has one. */
  readonly novaApis: () => Promise<NovaApis>;
  /** Highest microversion of the compute API: "2.93". */
  readonly maxMicroversion: string;
  /** Every option of the configuration: as it is said, else as it is found in the cloud. */
  readonly options: Pick<OptionFinder, 'explain'>;
}

/** A need that is not met. */
export interface Missing {
  /** What was found instead. */
  readonly evidence: string;
  /** Whether it may be met in a moment: what a guest has just given back is accounted for a little later. */
  readonly transient: boolean;
}

/** What a case needs of the cloud. */
export interface Need {
  /** In words: "2 computes with 2 free dedicated CPUs each". */
  readonly text: string;
  /** Where only a device can meet it, what that is: "SR-IOV NIC". Says what a case waits for in a cloud without it. */
  readonly hardware?: string | undefined;
  /** undefined where the need is met. */
  missing(found: Discovered): Promise<Missing | undefined>;
}

interface PerHost {
  /** At least so many on each host. */
  readonly perHost: number;
  /** On at least so many hosts; default 1. */
  readonly hosts?: number | undefined;
}

/** Computes that are up. */
export function computes(count: number): Need {
  return {
    text: `${count} computes that are up`,
    missing: async (found) => {
      const hosts = await found.capacity();
      return hosts.length >= count
        ? undefined
        : lasting(`${hosts.length}: ${hosts.map(({ name }) => name).join(', ')}`);
    },
  };
}

/** Dedicated CPUs that no guest holds, in one NUMA cell of each host. */
export function freeDedicatedCpus(wanted: PerHost): Need {
  const what = `free dedicated ${cpus(wanted)} in one NUMA cell`;
  return perHost(wanted, what, freeDedicated, mostDedicated);
}

/** CPUs for floating vCPUs. */
export function sharedCpus(wanted: PerHost): Need {
  return perHost(wanted, `shared ${cpus(wanted)}`, (host) => sharedCpusOf(host).size);
}

/** Cores with several threads (SMT), all of them dedicated and free, in one NUMA cell of each host. */
export function freeSmtCores(wanted: PerHost): Need {
  const what = `free SMT ${wanted.perHost === 1 ? 'core' : 'cores'} of dedicated CPUs in one NUMA cell`;
  return perHost(wanted, what, freeThreadedCores, threadedCores);
}

/** Dedicated CPUs that no guest holds, in one NUMA cell of a host without SMT. */
export function freeDedicatedCpusWithoutSmt(wanted: PerHost): Need {
  const without =
    (of: (host: HostCapacity) => number) =>
    (host: HostCapacity): number =>
      hasThreads(host) ? 0 : of(host);
  const what = `free dedicated ${cpus(wanted)} in one NUMA cell and no SMT`;
  return perHost(wanted, what, without(freeDedicated), without(mostDedicated));
}

/** A cell with as many dedicated CPUs as any cell of the cloud has, all of them free. */
export function idleDedicatedCell(): Need {
  return {
    text: 'the largest set of dedicated CPUs of a NUMA cell, all of them free',
    missing: async (found) => {
      const hosts = await found.capacity();
      const most = Math.max(0, ...hosts.map(mostDedicated));
      if (most > 0 && hosts.some((host) => freeDedicated(host) === most)) return undefined;
      if (most === 0) return lasting('no dedicated CPU');
      return {
        evidence: `the largest has ${most}; free are ${listed(hosts, freeDedicated)}`,
        transient: true,
      };
    },
  };
}

/** Two hosts without a dedicated CPU in common: only then a pin tells on which of them it was made. */
export function disjointDedicatedSets(): Need {
  return {
    text: '2 computes whose dedicated sets have no CPU in common',
    missing: async (found) => {
      const sets = (await found.capacity()).map((host) => ({ name: host.name, cpus: dedicatedCpusOf(host) }));
      const disjoint = sets.some((one, index) =>
        sets
          .slice(index + 1)
          .some((other) => !one.cpus.isEmpty && !other.cpus.isEmpty && one.cpus.isDisjointFrom(other.cpus)),
      );
      if (disjoint) return undefined;
      return lasting(
        sets.map(({ name, cpus }) => `${name}: ${cpus.isEmpty ? 'none' : cpus.toString()}`).join(', '),
      );
    },
  };
}

/** Two hosts with different shared sets: only then a floating guest tells of which of them it has the set. */
export function differentSharedSets(): Need {
  return {
    text: '2 computes whose shared sets differ',
    missing: async (found) => {
      const sets = (await found.capacity())
        .map((host) => ({ name: host.name, cpus: sharedCpusOf(host) }))
        .filter(({ cpus }) => !cpus.isEmpty);
      if (new Set(sets.map(({ cpus }) => cpus.toString())).size > 1) return undefined;
      return lasting(sets.map(({ name, cpus }) => `${name}: ${cpus.toString()}`).join(', ') || 'none');
    },
  };
}

/** A microversion of the compute API. */
export function microversion(wanted: string): Need {
  return {
    text: `compute API ${wanted}`,
    missing: (found) =>
      Promise.resolve(
        minorOf(found.maxMicroversion) >= minorOf(wanted)
          ? undefined
          : lasting(`up to ${found.maxMicroversion}`),
      ),
  };
}

/** `[compute-feature-enabled]`: a feature is there unless the configuration or the cloud says otherwise. */
export function feature(name: OptionKey<'compute-feature-enabled'>): Need {
  return {
    text: `[compute-feature-enabled] ${name}`,
    missing: async ({ options }) => {
      const { value, origin } = await options.explain('compute-feature-enabled', name);
      return value === false ? lasting(`it is off: ${origin}`) : undefined;
    },
  };
}

/** @param most what a host has of it when nobody uses it */
function perHost(
  { perHost: count, hosts: wanted = 1 }: PerHost,
  what: string,
  of: (host: HostCapacity) => number,
  most = of,
): Need {
  return {
    text: `${wanted} ${wanted === 1 ? 'compute' : 'computes'} with ${count} ${what}${wanted === 1 ? '' : ' each'}`,
    missing: async (found) => {
      const hosts = await found.capacity();
      const enough = (measure: typeof of): boolean =>
        hosts.filter((host) => measure(host) >= count).length >= wanted;
      return enough(of) ? undefined : { evidence: listed(hosts, of), transient: enough(most) };
    },
  };
}

function cpus({ perHost: count }: PerHost): string {
  return count === 1 ? 'CPU' : 'CPUs';
}

function lasting(evidence: string): Missing {
  return { evidence, transient: false };
}

function listed(hosts: readonly HostCapacity[], of: (host: HostCapacity) => number): string {
  return hosts.length === 0 ? 'no compute' : hosts.map((host) => `${host.name}: ${of(host)}`).join(', ');
}

/** The compute API has one major version, 2. */
function minorOf(version: string): number {
  return Number(version.split('.')[1] ?? 0);
}
