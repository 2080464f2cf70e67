import type { Cell } from '../cell.js';
import type { Table, TableRow } from '../table.js';
import { common, times, type CellRow } from './common.js';

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
