import { CpuSet } from '@whitebox/core';
import { readCpuList, readCpus } from './cpus.js';
import type { Json } from './json.js';
import { isVersionedObject, openObject } from './versioned-object.js';

/** What a compute service knows of its host: `compute_nodes.numa_topology`. Source: nova/objects/numa.py. */
export interface HostNumaTopology {
  readonly cells: readonly HostNumaCell[];
  /** As stored: "1.2"; "none" for the dictionaries from before Liberty. */
  readonly version: string;
  /** The JSON as it was stored. */
  readonly raw: unknown;
}

export interface HostNumaCell {
  readonly id: number;
  /** CPUs for floating guests. Before version 1.4 (Train) these were the CPUs for all guests. */
  readonly cpuset: CpuSet;
  /** CPUs for pinned guests; empty before version 1.4. */
  readonly pcpuset: CpuSet;
  /** Those that are taken, with thread siblings for policy `isolate`, and by emulator threads. */
  readonly pinnedCpus: CpuSet;
  /** Number of floating vCPUs of the guests that have a NUMA topology. */
  readonly cpuUsage: number;
  readonly memoryMiB: number;
  readonly memoryUsageMiB: number;
  /** Thread siblings; a core without SMT is a set of one. */
  readonly siblings: readonly CpuSet[];
  /** Null where it is not known (before version 1.5). */
  readonly socket: number | null;
  readonly pages: readonly HostPages[];
  /** Physical networks whose NICs belong to this cell (`[neutron_physnet_...]numa_nodes`). */
  readonly physnets: readonly string[];
  /** Whether the NIC for tunnelled networks belongs to this cell. */
  readonly tunneled: boolean;
  /** As stored: "1.5". */
  readonly version: string;
}

/** Memory pages of one size; counts of pages. */
export interface HostPages {
  readonly sizeKiB: number;
  readonly total: number;
  readonly used: number;
  readonly reserved: number;
}

export function readHostNumaTopology(json: Json): HostNumaTopology {
  if (!isVersionedObject(json)) return readLegacy(json);
  const { version, data } = openObject(json, 'NUMATopology');
  return { cells: data.field('cells').list().map(readCell), version, raw: json.value };
}

function readCell(json: Json): HostNumaCell {
  const { version, minor, data } = openObject(json, 'NUMACell');
  // What came with a version may be absent before it, and only then.
  const since = <T>(from: number, field: string, read: (json: Json) => T, before: T): T =>
    minor >= from ? read(data.field(field)) : (data.field(field).orNull(read) ?? before);
  const network = data
    .field('network_metadata')
    .orNull((metadata) => openObject(metadata, 'NetworkMetadata').data);
  return {
    id: data.field('id').integer(),
    cpuset: readCpus(data.field('cpuset')),
    pcpuset: since(4, 'pcpuset', readCpus, CpuSet.empty),
    pinnedCpus: since(1, 'pinned_cpus', readCpus, CpuSet.empty),
    cpuUsage: data.field('cpu_usage').natural(),
    memoryMiB: data.field('memory').natural(),
    memoryUsageMiB: data.field('memory_usage').natural(),
    siblings: since(1, 'siblings', (siblings) => siblings.list().map(readCpus), []),
    socket: data.field('socket').orNull((socket) => socket.integer()),
    pages: since(2, 'mempages', (pages) => pages.list().map(readPages), []),
    physnets:
      network === null
        ? []
        : network
            .field('physnets')
            .list()
            .map((physnet) => physnet.text()),
    tunneled: network === null ? false : network.field('tunneled').boolean(),
    version,
  };
}

function readPages(json: Json): HostPages {
  const { minor, data } = openObject(json, 'NUMAPagesTopology');
  const reserved = data.field('reserved');
  return {
    sizeKiB: data.field('size_kb').natural(),
    total: data.field('total').natural(),
    used: data.field('used').natural(),
    reserved: minor >= 1 ? reserved.natural() : (reserved.orNull((count) => count.natural()) ?? 0),
  };
}

/** Plain dictionaries of Kilo and before: `{"cells": [{"id": 0, "cpus": "0-3", "cpu_usage": 1, "mem": {...}}]}`. */
function readLegacy(json: Json): HostNumaTopology {
  const cells = json.field('cells').list();
  return {
    cells: cells.map((cell) => ({
      id: cell.field('id').integer(),
      cpuset: readCpuList(cell.field('cpus')),
      pcpuset: CpuSet.empty,
      pinnedCpus: CpuSet.empty,
      cpuUsage: cell.field('cpu_usage').orNull((usage) => usage.natural()) ?? 0,
      memoryMiB: cell.field('mem').field('total').natural(),
      memoryUsageMiB:
        cell
          .field('mem')
          .field('used')
          .orNull((used) => used.natural()) ?? 0,
      siblings: [],
      socket: null,
      pages: [],
      physnets: [],
      tunneled: false,
      version: 'none',
    })),
    version: 'none',
    raw: json.value,
  };
}
