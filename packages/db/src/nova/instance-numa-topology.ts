import { CpuSet } from '@whitebox/core';
import { readCpuList, readCpus } from './cpus.js';
import type { Json } from './json.js';
import { isVersionedObject, openObject } from './versioned-object.js';

/**
 * Where the vCPUs and the memory of a server lie on its host: `instance_extra.numa_topology`, also part of request specs
 * and migration contexts. Source: nova/objects/instance_numa.py.
 */
export interface InstanceNumaTopology {
  /** In the order of the guest's cells: the first is guest cell 0. */
  readonly cells: readonly InstanceNumaCell[];
  /** `share`, `isolate`, or null where the flavor says nothing. */
  readonly emulatorThreadsPolicy: string | null;
  /** As stored: "1.3"; "none" for the dictionaries from before Liberty. */
  readonly version: string;
  /** The JSON as it was stored. */
  readonly raw: unknown;
}

export interface InstanceNumaCell {
  /** Number of the HOST's cell; -1 after an aborted claim. The guest's cell is the position in the list. */
  readonly id: number;
  /** Guest vCPUs that float over the host cell's shared CPUs. */
  readonly cpuset: CpuSet;
  /** Guest vCPUs that are pinned, or are to be pinned. */
  readonly pcpuset: CpuSet;
  /** Guest vCPU to host CPU; empty where nothing is pinned, as in a request spec. */
  readonly cpuPinning: ReadonlyMap<number, number>;
  /** Host CPUs for the emulator threads of policy `isolate`. */
  readonly cpusetReserved: CpuSet;
  readonly memoryMiB: number;
  /** Null where the guest asks for no page size, and in a request for one by word ({@link pagesizeWish}). */
  readonly pagesizeKiB: number | null;
  /** What a request spec asks for by word instead of a size: `small`, `large` or `any`. */
  readonly pagesizeWish: 'small' | 'large' | 'any' | null;
  /** `shared`, `dedicated`, `mixed` or null. */
  readonly cpuPolicy: string | null;
  /** `prefer`, `require`, `isolate` or null. */
  readonly cpuThreadPolicy: string | null;
  /**
   * As stored. Before 1.5 pinned vCPUs were in `cpuset`; here they are in `pcpuset` whatever the version, as Nova
   * itself reads them (_migrate_legacy_dedicated_instance_cpuset).
   */
  readonly version: string;
}

export function readInstanceNumaTopology(json: Json): InstanceNumaTopology {
  if (!isVersionedObject(json)) return readLegacy(json);
  const { version, data } = openObject(json, 'InstanceNUMATopology');
  return {
    cells: data.field('cells').list().map(readCell),
    emulatorThreadsPolicy: data.field('emulator_threads_policy').orNull((policy) => policy.text()),
    version,
    raw: json.value,
  };
}

function readCell(json: Json): InstanceNumaCell {
  const { version, minor, data } = openObject(json, 'InstanceNUMACell');
  const cpuPinning = data.field('cpu_pinning_raw').orNull(readPinning) ?? new Map<number, number>();
  const cpuPolicy = data.field('cpu_policy').orNull((policy) => policy.text());
  return {
    id: data.field('id').integer(),
    ...readVcpus(data, minor, cpuPolicy, cpuPinning),
    cpuPinning,
    cpusetReserved: data.field('cpuset_reserved').orNull(readCpus) ?? CpuSet.empty,
    memoryMiB: data.field('memory').natural(),
    ...readPagesize(data.field('pagesize')),
    cpuPolicy,
    cpuThreadPolicy: data.field('cpu_thread_policy').orNull((policy) => policy.text()),
    version,
  };
}

function readVcpus(
  data: Json,
  minor: number,
  cpuPolicy: string | null,
  cpuPinning: ReadonlyMap<number, number>,
): { cpuset: CpuSet; pcpuset: CpuSet } {
  const cpuset = readCpus(data.field('cpuset'));
  // From 1.5 on a cell without pcpuset is broken: to read it as empty would say "nothing is pinned".
  const pcpuset =
    minor >= 5 ? readCpus(data.field('pcpuset')) : (data.field('pcpuset').orNull(readCpus) ?? CpuSet.empty);
  // Cells that were migrated before lp#2097360 was fixed have the new content under the old version.
  if (minor >= 5 || !pcpuset.isEmpty) return { cpuset, pcpuset };
  // The policy came with 1.3; before it a pinning alone made a guest dedicated.
  const dedicated = cpuPolicy === 'dedicated' || (cpuPolicy === null && cpuPinning.size > 0);
  return dedicated ? { cpuset: CpuSet.empty, pcpuset: cpuset } : { cpuset, pcpuset };
}

/** MEMPAGES_SMALL, MEMPAGES_LARGE and MEMPAGES_ANY of nova/virt/hardware.py. */
const pagesizeWishes = new Map([
  [-1, 'small'],
  [-2, 'large'],
  [-3, 'any'],
] as const);

function readPagesize(json: Json): Pick<InstanceNumaCell, 'pagesizeKiB' | 'pagesizeWish'> {
  const size = json.orNull((value) => value.integer());
  const pagesizeWish = pagesizeWishes.get(size as -1) ?? null;
  if (pagesizeWish !== null) return { pagesizeKiB: null, pagesizeWish };
  return { pagesizeKiB: size === null ? null : json.natural(), pagesizeWish };
}

function readPinning(json: Json): ReadonlyMap<number, number> {
  return new Map(
    json.entries().map(([vcpu, pcpu]) => {
      if (!/^\d+$/.test(vcpu)) throw pcpu.wrong(`${JSON.stringify(vcpu)} is no vCPU`);
      return [Number(vcpu), pcpu.natural()];
    }),
  );
}

/** Plain dictionaries of Kilo and before: `{"cells": [{"id": 0, "cpus": "0-1", "mem": {"total": 512}}]}`. */
function readLegacy(json: Json): InstanceNumaTopology {
  const cells = json.field('cells').list();
  return {
    cells: cells.map((cell) => ({
      id: cell.field('id').integer(),
      cpuset: readCpuList(cell.field('cpus')),
      pcpuset: CpuSet.empty,
      cpuPinning: new Map(),
      cpusetReserved: CpuSet.empty,
      memoryMiB: cell.field('mem').field('total').natural(),
      ...readPagesize(cell.field('pagesize')),
      cpuPolicy: null,
      cpuThreadPolicy: null,
      version: 'none',
    })),
    emulatorThreadsPolicy: null,
    version: 'none',
    raw: json.value,
  };
}

/** The host CPUs to which vCPUs are pinned; without those of the emulator threads ({@link reservedCpus}). */
export function pinnedCpus(topology: Pick<InstanceNumaTopology, 'cells'>): CpuSet {
  return CpuSet.from(topology.cells.flatMap(({ cpuPinning }) => [...cpuPinning.values()]));
}

/** The host CPUs that are kept for the emulator threads of policy `isolate`. */
export function reservedCpus(topology: Pick<InstanceNumaTopology, 'cells'>): CpuSet {
  return CpuSet.from(topology.cells.flatMap(({ cpusetReserved }) => [...cpusetReserved]));
}

/** Guest vCPU to host CPU over all cells. */
export function vcpuPinning(topology: Pick<InstanceNumaTopology, 'cells'>): ReadonlyMap<number, number> {
  return new Map(topology.cells.flatMap(({ cpuPinning }) => [...cpuPinning]));
}
