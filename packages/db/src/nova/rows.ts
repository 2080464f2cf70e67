import type { Cell } from './cell.js';
import { readHostNumaTopology, type HostNumaTopology } from './host-numa-topology.js';
import { readNullableTexts, readPciPools, readTexts, type PciDevice, type PciPool } from './pci.js';
import type { Table, TableRow } from './table.js';

/** Times and place that all rows have in common. */
export interface CellRow {
  /** `id` of the row within its cell. */
  readonly id: number;
  readonly cell: Cell;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}

function common(row: TableRow, cell: Cell): CellRow {
  return {
    id: row.integer('id'),
    cell,
    createdAt: row.dateOrNull('created_at'),
    updatedAt: row.dateOrNull('updated_at'),
  };
}

const times = ['id', 'created_at', 'updated_at'];

/** A server: a row of `instances`. Source: nova/db/main/models.py. */
export interface InstanceRow extends CellRow {
  readonly uuid: string;
  readonly displayName: string | null;
  readonly hostname: string | null;
  readonly projectId: string | null;
  readonly userId: string | null;
  /** The compute service; null while none was chosen, and after shelving. */
  readonly host: string | null;
  readonly node: string | null;
  /** `compute_nodes.id`; null before 2023.2. */
  readonly computeId: number | null;
  readonly vmState: string | null;
  readonly taskState: string | null;
  readonly powerState: PowerState | null;
  readonly vcpus: number | null;
  readonly memoryMiB: number | null;
  readonly rootGiB: number | null;
  readonly ephemeralGiB: number | null;
  /** Empty for a server that was booted from a volume. */
  readonly imageRef: string | null;
  readonly availabilityZone: string | null;
  readonly launchedAt: Date | null;
  readonly terminatedAt: Date | null;
}

export type PowerState = 'pending' | 'running' | 'paused' | 'shutdown' | 'crashed' | 'suspended' | 'unused';

/** By number; source: InstancePowerState of nova/objects/fields.py. */
const powerStates: readonly PowerState[] = [
  'pending',
  'running',
  'unused',
  'paused',
  'shutdown',
  'unused',
  'crashed',
  'suspended',
];

export const instancesTable: Table = {
  name: 'instances',
  columns: [
    ...times,
    ...['uuid', 'display_name', 'hostname', 'project_id', 'user_id', 'host', 'node'],
    ...['vm_state', 'task_state', 'power_state', 'vcpus', 'memory_mb', 'root_gb', 'ephemeral_gb'],
    ...['image_ref', 'availability_zone', 'launched_at', 'terminated_at'],
  ],
  optional: ['compute_id'],
  softDeletes: true,
};

export function readInstance(row: TableRow, cell: Cell): InstanceRow {
  const power = row.integerOrNull('power_state');
  return {
    ...common(row, cell),
    uuid: row.text('uuid'),
    displayName: row.textOrNull('display_name'),
    hostname: row.textOrNull('hostname'),
    projectId: row.textOrNull('project_id'),
    userId: row.textOrNull('user_id'),
    host: row.textOrNull('host'),
    node: row.textOrNull('node'),
    computeId: row.integerOrNull('compute_id'),
    vmState: row.textOrNull('vm_state'),
    taskState: row.textOrNull('task_state'),
    powerState: power === null ? null : (powerStates[power] ?? 'unused'),
    vcpus: row.integerOrNull('vcpus'),
    memoryMiB: row.integerOrNull('memory_mb'),
    rootGiB: row.integerOrNull('root_gb'),
    ephemeralGiB: row.integerOrNull('ephemeral_gb'),
    imageRef: row.textOrNull('image_ref'),
    availabilityZone: row.textOrNull('availability_zone'),
    launchedAt: row.dateOrNull('launched_at'),
    terminatedAt: row.dateOrNull('terminated_at'),
  };
}

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

/** A device with the cell that it is in; `computeNodeId` is unique within the cell only. */
export type PciDeviceRow = PciDevice & CellRow & { readonly computeNodeId: number };

export const pciDevicesTable: Table = {
  name: 'pci_devices',
  columns: [
    ...times,
    ...['compute_node_id', 'address', 'vendor_id', 'product_id', 'dev_type', 'dev_id', 'label', 'status'],
    ...['extra_info', 'instance_uuid', 'request_id', 'numa_node', 'parent_addr'],
  ],
  optional: ['uuid'],
  softDeletes: true,
};

export function readPciDevice(row: TableRow, cell: Cell): PciDeviceRow {
  return {
    ...common(row, cell),
    uuid: row.textOrNull('uuid'),
    computeNodeId: row.integer('compute_node_id'),
    address: row.text('address'),
    vendorId: row.text('vendor_id'),
    productId: row.text('product_id'),
    type: row.text('dev_type'),
    status: row.text('status'),
    label: row.textOrNull('label'),
    deviceId: row.textOrNull('dev_id'),
    instanceUuid: row.textOrNull('instance_uuid'),
    requestId: row.textOrNull('request_id'),
    numaNode: row.integerOrNull('numa_node'),
    parentAddress: row.textOrNull('parent_addr'),
    extraInfo: row.json('extra_info', readTexts) ?? {},
  };
}

/** A move of a server, done or under way: a row of `migrations`. */
export interface MigrationRow extends CellRow {
  /** Also the consumer of the source's allocations in Placement while it is under way. */
  readonly uuid: string | null;
  readonly instanceUuid: string | null;
  /** `migration` (cold), `resize`, `live-migration` or `evacuation`. */
  readonly type: string | null;
  readonly status: string | null;
  /** By Nova's own definition: whatever has not come to an end; a resize counts until it is confirmed or reverted. */
  readonly inProgress: boolean;
  readonly sourceCompute: string | null;
  readonly sourceNode: string | null;
  readonly destCompute: string | null;
  readonly destNode: string | null;
  /** `compute_nodes.id` of the destination; null before 2023.2. */
  readonly destComputeId: number | null;
  readonly destHost: string | null;
  /** Numbers of the flavors in the database, not their ids of the API. */
  readonly oldFlavorNumber: number | null;
  readonly newFlavorNumber: number | null;
  readonly crossCell: boolean;
}

export const migrationsTable: Table = {
  name: 'migrations',
  columns: [
    ...times,
    ...[
      'instance_uuid',
      'migration_type',
      'status',
      'source_compute',
      'source_node',
      'dest_compute',
      'dest_node',
    ],
    ...['dest_host', 'old_instance_type_id', 'new_instance_type_id'],
  ],
  optional: ['uuid', 'dest_compute_id', 'cross_cell_move'],
  softDeletes: true,
};

/**
 * Statuses of migrations that are over; every other one is in progress, `finished` too: it waits for confirmation.
 * Source: migration_get_in_progress_by_host_and_node of nova/db/main/api.py.
 */
export const migrationEndings = [
  'confirmed',
  'reverted',
  'error',
  'failed',
  'completed',
  'cancelled',
  'done',
] as const;

export function readMigration(row: TableRow, cell: Cell): MigrationRow {
  const status = row.textOrNull('status');
  return {
    ...common(row, cell),
    uuid: row.textOrNull('uuid'),
    instanceUuid: row.textOrNull('instance_uuid'),
    type: row.textOrNull('migration_type'),
    status,
    // As in SQL, where NULL is neither in the list nor out of it.
    inProgress: status !== null && !migrationEndings.some((ending) => ending === status),
    sourceCompute: row.textOrNull('source_compute'),
    sourceNode: row.textOrNull('source_node'),
    destCompute: row.textOrNull('dest_compute'),
    destNode: row.textOrNull('dest_node'),
    destComputeId: row.integerOrNull('dest_compute_id'),
    destHost: row.textOrNull('dest_host'),
    oldFlavorNumber: row.integerOrNull('old_instance_type_id'),
    newFlavorNumber: row.integerOrNull('new_instance_type_id'),
    crossCell: row.flag('cross_cell_move'),
  };
}

/** A service of Nova: a row of `services`. */
export interface ServiceRow extends CellRow {
  readonly uuid: string | null;
  readonly host: string | null;
  /** "nova-compute", "nova-conductor", "nova-scheduler" */
  readonly binary: string | null;
  readonly disabled: boolean;
  readonly disabledReason: string | null;
  readonly forcedDown: boolean;
  /** Service version: what nova/objects/service.py maps to a release. */
  readonly version: number | null;
  /** Number of heartbeats since the row was made; grows with each one. */
  readonly reportCount: number;
  /**
   * The last heartbeat, whole seconds; null before the first one. Unlike `updatedAt` it does not move when somebody
   * enables or disables the service. Source: is_up of nova/servicegroup/drivers/db.py.
   */
  readonly lastSeenUp: Date | null;
}

export const servicesTable: Table = {
  name: 'services',
  columns: [
    ...times,
    ...[
      'host',
      'binary',
      'disabled',
      'disabled_reason',
      'forced_down',
      'version',
      'report_count',
      'last_seen_up',
    ],
  ],
  optional: ['uuid'],
  softDeletes: true,
};

export function readService(row: TableRow, cell: Cell): ServiceRow {
  return {
    ...common(row, cell),
    uuid: row.textOrNull('uuid'),
    host: row.textOrNull('host'),
    binary: row.textOrNull('binary'),
    disabled: row.flag('disabled'),
    disabledReason: row.textOrNull('disabled_reason'),
    forcedDown: row.flag('forced_down'),
    version: row.integerOrNull('version'),
    reportCount: row.integer('report_count'),
    lastSeenUp: row.dateOrNull('last_seen_up'),
  };
}

/** A disk of a server: a row of `block_device_mapping`; without `connection_info`, which has secrets. */
export interface BlockDeviceRow extends CellRow {
  readonly instanceUuid: string | null;
  /** "/dev/vda" */
  readonly deviceName: string | null;
  /** `image`, `volume`, `snapshot` or `blank`. */
  readonly sourceType: string | null;
  /** `local` or `volume`. */
  readonly destinationType: string | null;
  readonly volumeId: string | null;
  readonly attachmentId: string | null;
  readonly bootIndex: number | null;
  readonly encryptionSecretUuid: string | null;
}

export const blockDevicesTable: Table = {
  name: 'block_device_mapping',
  columns: [
    ...times,
    ...['instance_uuid', 'device_name', 'source_type', 'destination_type', 'volume_id', 'boot_index'],
  ],
  optional: ['attachment_id', 'encryption_secret_uuid'],
  softDeletes: true,
};

export function readBlockDevice(row: TableRow, cell: Cell): BlockDeviceRow {
  return {
    ...common(row, cell),
    instanceUuid: row.textOrNull('instance_uuid'),
    deviceName: row.textOrNull('device_name'),
    sourceType: row.textOrNull('source_type'),
    destinationType: row.textOrNull('destination_type'),
    volumeId: row.textOrNull('volume_id'),
    attachmentId: row.textOrNull('attachment_id'),
    bootIndex: row.integerOrNull('boot_index'),
    encryptionSecretUuid: row.textOrNull('encryption_secret_uuid'),
  };
}
