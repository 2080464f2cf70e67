import type { HostCapacity } from '../capacity.js';
import type { QuotaShare, Share } from './claim.js';

/** What a cloud had free when the run began. */
export interface Room {
  readonly hosts: readonly HostRoom[];
  /** Of the project; Infinity where nothing is limited. */
  readonly quota: QuotaShare;
}

/** What a host had free for guests when the run began. */
export interface HostRoom {
  readonly name: string;
  /** Dedicated CPUs of each NUMA cell. */
  readonly cells: readonly number[];
  /** MiB. */
  readonly memoryMib: number;
}

/** @param limits of the project, as the compute API and the volume API have them; -1 is none */
export function roomOf(hosts: readonly HostCapacity[], limits: Readonly<Record<string, number>> = {}): Room {
  const left = (most: string, used: string): number => {
    const limit = limits[most] ?? -1;
    return limit < 0 ? Infinity : limit - (limits[used] ?? 0);
  };
  return {
    hosts: hosts.map(({ name, cells, memoryMib }) => ({
      name,
      cells: cells.map(({ dedicated, taken }) => dedicated.difference(taken).size),
      memoryMib,
    })),
    quota: {
      servers: left('maxTotalInstances', 'totalInstancesUsed'),
      vcpus: left('maxTotalCores', 'totalCoresUsed'),
      volumes: left('maxTotalVolumes', 'totalVolumesUsed'),
    },
  };
}

/** Whether the project may have all of that at the same time. */
export function fitQuota(shares: readonly QuotaShare[], { quota }: Room): boolean {
  return (['servers', 'vcpus', 'volumes'] as const).every(
    (thing) => sum(shares.map((share) => share[thing])) <= quota[thing],
  );
}

/**
 * Whether each of these shares finds its NUMA cells and its memory on a host, wherever Nova has put the others: it fills cells
 * in an order that we do not know.
 */
export function fit(shares: readonly Share[], { cells, memoryMib }: HostRoom): boolean {
  if (sum(shares.map((share) => share.memoryMib)) > memoryMib) return false;
  const total = sum(shares.map(cpusOf));
  return shares.every((share) => share.dedicatedCpus === 0 || total - cpusOf(share) < blocking(share, cells));
}

function cpusOf({ dedicatedCpus, cells }: Share): number {
  return dedicatedCpus * cells;
}

/** The least number of CPUs that leaves too few cells with so many free; 0 where there are too few from the beginning. */
function blocking({ dedicatedCpus, cells: wanted }: Share, cells: readonly number[]): number {
  const costs = cells.map((free) => Math.max(0, free - dedicatedCpus + 1)).sort((a, b) => a - b);
  return wanted > cells.length ? 0 : sum(costs.slice(0, cells.length - wanted + 1));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
