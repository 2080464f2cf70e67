import type { Cell } from '../cell.js';
import type { TableRow } from '../table.js';

/** Times and place that all rows have in common. */
export interface CellRow {
  /** `id` of the row within its cell. */
  readonly id: number;
  readonly cell: Cell;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}

export function common(row: TableRow, cell: Cell): CellRow {
  return {
    id: row.integer('id'),
    cell,
    createdAt: row.dateOrNull('created_at'),
    updatedAt: row.dateOrNull('updated_at'),
  };
}

export const times = ['id', 'created_at', 'updated_at'];
