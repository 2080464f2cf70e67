import type { Cell } from '../cell.js';
import { readHostNumaTopology, type HostNumaTopology } from '../host-numa-topology.js';
import { readNullableTexts, readPciPools, type PciPool } from '../pci.js';
import type { Table, TableRow } from '../table.js';
import { common, times, type CellRow } from './common.js';

/** A hypervisor: a row of `compute_nodes`. */
export interface ComputeNodeRow extends CellRow {
  /** Also the uuid of its root resource provider. */
  readonly uuid: string | null;
  readonly host: string | null;
  readonly hypervisorHostname: string | null;
  readonly hostIp: string | null;
  readonly hypervisorType: string;
  readonly hypervisorVersion: number;
  readonly vcpus: number;
  readonly vcpusUsed: number;
  readonly memoryMiB: number;
  readonly memoryUsedMiB: number;
  readonly localGiB: number;
  readonly localUsedGiB: number;
  readonly cpuAllocationRatio: number | null;
  readonly ramAllocationRatio: number | null;
  readonly diskAllocationRatio: number | null;
  readonly runningVms: number | null;
  /** Whether discover_hosts has mapped it. */
  readonly mapped: boolean;
  readonly numaTopology: HostNumaTopology | null;
  readonly pciPools: readonly PciPool[];
  /** "num_instances", "io_workload", ...; all as text. */
  readonly stats: Readonly<Record<string, string | null>>;
}

export const computeNodesTable: Table = {
  name: 'compute_nodes',
  columns: [
    ...times,
    ...['uuid', 'host', 'hypervisor_hostname', 'host_ip', 'hypervisor_type', 'hypervisor_version'],
    ...['vcpus', 'vcpus_used', 'memory_mb', 'memory_mb_used', 'local_gb', 'local_gb_used'],
    ...['cpu_allocation_ratio', 'ram_allocation_ratio', 'disk_allocation_ratio', 'running_vms', 'mapped'],
    ...['numa_topology', 'pci_stats', 'stats'],
  ],
  softDeletes: true,
};

export function readComputeNode(row: TableRow, cell: Cell): ComputeNodeRow {
  return {
    ...common(row, cell),
    uuid: row.textOrNull('uuid'),
    host: row.textOrNull('host'),
    hypervisorHostname: row.textOrNull('hypervisor_hostname'),
    hostIp: row.textOrNull('host_ip'),
    hypervisorType: row.text('hypervisor_type'),
    hypervisorVersion: row.integer('hypervisor_version'),
    vcpus: row.integer('vcpus'),
    vcpusUsed: row.integer('vcpus_used'),
    memoryMiB: row.integer('memory_mb'),
    memoryUsedMiB: row.integer('memory_mb_used'),
    localGiB: row.integer('local_gb'),
    localUsedGiB: row.integer('local_gb_used'),
    cpuAllocationRatio: row.realOrNull('cpu_allocation_ratio'),
    ramAllocationRatio: row.realOrNull('ram_allocation_ratio'),
    diskAllocationRatio: row.realOrNull('disk_allocation_ratio'),
    runningVms: row.integerOrNull('running_vms'),
    mapped: row.flag('mapped'),
    numaTopology: row.json('numa_topology', readHostNumaTopology),
    pciPools: row.json('pci_stats', readPciPools) ?? [],
    stats: row.json('stats', readNullableTexts) ?? {},
  };
}
