import type { Limits } from '@whitebox/core';
import type { Database } from '../database.js';
import { list, sql } from '../sql.js';
import { connectCell, type NovaDatabaseOptions } from './cell-access.js';
import { CELL0_UUID, type Cell, type CellMapping } from './cell.js';
import { NovaDataError } from './errors.js';
import { noCell, noInstance } from './not-there.js';
import { TableReader, type Table } from './table.js';

const cellMappingsTable: Table = {
  name: 'cell_mappings',
  columns: ['id', 'uuid', 'name', 'database_connection', 'disabled'],
  softDeletes: false,
};
const instanceMappingsTable: Table = {
  name: 'instance_mappings',
  columns: ['id', 'instance_uuid', 'cell_id'],
  softDeletes: false,
};

export interface OpenCell {
  readonly database: Database;
  readonly tables: TableReader;
}

/** The databases of the cells, found through the API database and connected when they are needed. */
export class CellDatabases {
  readonly #api: Database;
  readonly #apiTables: TableReader;
  readonly #options: NovaDatabaseOptions;
  readonly #open = new Map<string, Promise<OpenCell>>();
  #asked: { readonly limits: Limits; readonly answer: Promise<readonly CellMapping[]> } | undefined;

  constructor(api: Database, apiTables: TableReader, options: NovaDatabaseOptions) {
    this.#api = api;
    this.#apiTables = apiTables;
    this.#options = options;
  }

  /** Whoever asks while it is being read, within the same limits, gets the same: readers ask for many tables at once. */
  mappings(limits: Limits = {}): Promise<readonly CellMapping[]> {
    const asked = this.#asked;
    const same = asked?.limits.signal === limits.signal && asked?.limits.timeoutMs === limits.timeoutMs;
    if (asked !== undefined && same) return asked.answer;
    const answer = this.#mappings(limits).finally(() => {
      if (this.#asked?.answer === answer) this.#asked = undefined;
    });
    this.#asked = { limits, answer };
    return answer;
  }

  async #mappings(limits: Limits): Promise<readonly CellMapping[]> {
    const found = await this.#apiTables.select(cellMappingsTable, [], limits);
    return found.map((row) => {
      const uuid = row.text('uuid');
      return {
        id: row.integer('id'),
        cell: {
          uuid,
          name: row.textOrNull('name'),
          isCell0: uuid === CELL0_UUID,
          disabled: row.flag('disabled'),
        },
        databaseUrl: row.text('database_connection'),
      };
    });
  }

  /** @throws NovaDataError `WB_NOVA_DB_NO_CELL` */
  async withUuid(uuid: string): Promise<CellMapping> {
    const mapping = (await this.mappings()).find(({ cell }) => cell.uuid === uuid);
    if (mapping === undefined) throw noCell(`cell_mappings has none with the uuid ${uuid}`);
    return mapping;
  }

  /** @throws NovaDataError `WB_NOVA_DB_NO_INSTANCE`, `WB_NOVA_DB_NOT_IN_A_CELL` */
  async mappingOf(instanceUuid: string, limits?: Limits): Promise<CellMapping> {
    const where = [sql`instance_uuid = ${instanceUuid}`];
    const [row] = await this.#apiTables.select(instanceMappingsTable, where, limits);
    if (row === undefined) throw noInstance(instanceUuid, this.#api, 'instance_mappings has no row for it');
    const cellId = row.integerOrNull('cell_id');
    if (cellId !== null) return cellWithId(await this.mappings(limits), cellId);
    throw new NovaDataError({
      code: 'WB_NOVA_DB_NOT_IN_A_CELL',
      action: `look for server ${instanceUuid} in ${this.#api.name}`,
      observed: 'the scheduler has not chosen a cell for it yet',
      advice: 'Wait until the server has left the state BUILD.',
    });
  }

  /** Of those that are mapped to a cell. */
  async cellsOf(instanceUuids: Iterable<string>, limits?: Limits): Promise<ReadonlyMap<string, Cell>> {
    const where = [sql`instance_uuid IN (${list(instanceUuids)})`];
    const [mappings, rows] = await Promise.all([
      this.mappings(limits),
      this.#apiTables.select(instanceMappingsTable, where, limits),
    ]);
    return new Map(
      rows.flatMap((row) => {
        const cellId = row.integerOrNull('cell_id');
        return cellId === null ? [] : [[row.text('instance_uuid'), cellWithId(mappings, cellId).cell]];
      }),
    );
  }

  open(mapping: CellMapping): Promise<OpenCell> {
    const { uuid } = mapping.cell;
    let cell = this.#open.get(uuid);
    if (cell === undefined) {
      cell = this.#connect(mapping);
      this.#open.set(uuid, cell);
      // One that could not be reached is tried anew by the next one who asks.
      cell.catch(() => this.#open.delete(uuid));
    }
    return cell;
  }

  async close(): Promise<void> {
    const cells = await Promise.allSettled(this.#open.values());
    this.#open.clear();
    await Promise.all(
      cells.flatMap((cell) => (cell.status === 'fulfilled' ? [cell.value.database.close()] : [])),
    );
  }

  async #connect(mapping: CellMapping): Promise<OpenCell> {
    const database = await connectCell(this.#api, this.#options, mapping, await this.mappings());
    return { database, tables: new TableReader(database) };
  }
}

/** @throws NovaDataError `WB_NOVA_DB_NO_CELL` */
export function cellWithId(mappings: readonly CellMapping[], id: number): CellMapping {
  const mapping = mappings.find((each) => each.id === id);
  if (mapping === undefined) throw noCell(`cell_mappings has none with the id ${id}`);
  return mapping;
}
