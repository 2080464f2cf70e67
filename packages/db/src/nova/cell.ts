/** Uuid of the cell that holds the servers for which no host was found. Source: nova/objects/cell_mapping.py. */
export const CELL0_UUID = '00000000-0000-0000-0000-000000000000';

/** A part of the cloud with a database of its own: a row of `nova_api.cell_mappings`. */
export interface Cell {
  readonly uuid: string;
  readonly name: string | null;
  readonly isCell0: boolean;
  /** The scheduler does not choose it; the servers that are in it live on. */
  readonly disabled: boolean;
}

/** What only the database client may see of a cell: the URL has a password. */
export interface CellMapping {
  readonly id: number;
  readonly cell: Cell;
  readonly databaseUrl: string;
}
