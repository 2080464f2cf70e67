import type { Cell } from '../cell.js';
import type { Table, TableRow } from '../table.js';
import { common, times, type CellRow } from './common.js';

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
