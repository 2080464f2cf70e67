import type { Cell } from '../cell.js';
import type { Table, TableRow } from '../table.js';
import { common, times, type CellRow } from './common.js';

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
