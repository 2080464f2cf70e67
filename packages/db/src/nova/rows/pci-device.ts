import type { Cell } from '../cell.js';
import { readTexts, type PciDevice } from '../pci.js';
import type { Table, TableRow } from '../table.js';
import { common, times, type CellRow } from './common.js';

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
