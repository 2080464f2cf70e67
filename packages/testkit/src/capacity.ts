import { CpuSet } from '@whitebox/core';

/** CPUs of one NUMA cell of a compute, as its resource tracker accounts for them. */
export interface CellCapacity {
  readonly id: number;
  /** CPUs for dedicated vCPUs. */
  readonly dedicated: CpuSet;
  /** Those of them that guests hold now. */
  readonly taken: CpuSet;
  /** CPUs for floating vCPUs. */
  readonly shared: CpuSet;
  /** Thread siblings; a guest with thread policy isolate takes those of its CPUs too. */
  readonly siblings: readonly CpuSet[];
  /** Size of hugepages in KiB -> how many there are. */
  readonly hugepages: ReadonlyMap<number, PageCapacity>;
}

/** Hugepages of one size in one cell. */
export interface PageCapacity {
  readonly total: number;
  /** Those that neither guests hold nor Nova keeps back (`[DEFAULT] reserved_huge_pages`). */
  readonly free: number;
}

/** What a compute can take now. */
export interface HostCapacity {
  readonly name: string;
  /** MiB that guests may still have: `memory_mb` less `memory_mb_used`, without overcommitment. */
  readonly memoryMib: number;
  readonly cells: readonly CellCapacity[];
}

/** The largest number of dedicated CPUs that are free in one cell: a guest without cells of its own fits into one. */
export function freeDedicated(host: HostCapacity): number {
  return Math.max(0, ...host.cells.map(({ dedicated, taken }) => dedicated.difference(taken).size));
}

/** The largest number of dedicated CPUs that one cell has, free or not. */
export function mostDedicated(host: HostCapacity): number {
  return Math.max(0, ...host.cells.map(({ dedicated }) => dedicated.size));
}

/**
 * Cores of one cell with several threads, all of them dedicated and free; the largest number that any cell has. Nova lists
 * siblings only where there are several, and only those of its CPU sets (nova/virt/libvirt/driver.py, _get_host_numa_topology).
 */
export function freeThreadedCores(host: HostCapacity): number {
  return mostThreadedCores(host, ({ dedicated, taken }) => dedicated.difference(taken));
}

/** The same, free or not. */
export function threadedCores(host: HostCapacity): number {
  return mostThreadedCores(host, ({ dedicated }) => dedicated);
}

function mostThreadedCores(host: HostCapacity, of: (cell: CellCapacity) => CpuSet): number {
  return Math.max(
    0,
    ...host.cells.map(
      (cell) => cell.siblings.filter((core) => core.size > 1 && core.isSubsetOf(of(cell))).length,
    ),
  );
}

export function hasThreads(host: HostCapacity): boolean {
  return host.cells.some(({ siblings }) => siblings.some((core) => core.size > 1));
}

export function sharedCpusOf(host: HostCapacity): CpuSet {
  return host.cells.reduce((all, { shared }) => all.union(shared), CpuSet.empty);
}

export function dedicatedCpusOf(host: HostCapacity): CpuSet {
  return host.cells.reduce((all, { dedicated }) => all.union(dedicated), CpuSet.empty);
}

/**
 * Dedicated CPUs that are accounted for although no guest has them. Nova's source of a live migration keeps the CPUs that
 * left until its next periodic task (`[DEFAULT] update_resources_interval`), and scheduling fails over them meanwhile.
 *
 * @param held CPUs of the host that guests are pinned to or that are reserved for their emulator threads
 */
export function staleCpus(host: HostCapacity, held: CpuSet): CpuSet {
  return host.cells.reduce((all, { taken, siblings }) => {
    const theirs = siblings
      .filter((core) => !core.isDisjointFrom(held))
      .reduce((sum, core) => sum.union(core), held);
    return all.union(taken.difference(theirs));
  }, CpuSet.empty);
}
