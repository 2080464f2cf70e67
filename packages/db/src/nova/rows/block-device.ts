import type { Cell } from '../cell.js';
import type { Table, TableRow } from '../table.js';
import { common, times, type CellRow } from './common.js';

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
