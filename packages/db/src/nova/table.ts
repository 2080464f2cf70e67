import type { Limits } from '@whitebox/core';
import type { Row } from '../sql-value.js';
import { all, identifier, sql, type Sql } from '../sql.js';
import type { Queryable } from '../transaction.js';
import { Json, type JsonSource } from './json.js';

/** A table of Nova as far as it is read. */
export interface Table {
  readonly name: string;
  /** Columns that every supported release has. `id` is always among them. */
  readonly columns: readonly string[];
  /** Columns that came or went with a release; null where the table has none of that name. */
  readonly optional?: readonly string[];
  /** Whether rows are kept after their end, with `deleted` other than 0 (SoftDeleteMixin of oslo.db). */
  readonly softDeletes: boolean;
}

/** Reads rows of one database of Nova; deleted ones are left out. */
export class TableReader {
  readonly #database: Queryable;
  readonly #columns = new Map<string, Promise<ReadonlySet<string>>>();

  constructor(database: Queryable) {
    this.#database = database;
  }

  /** In the order of their ids, which is the order in which they were made. */
  async select(table: Table, where: readonly Sql[], limits?: Limits): Promise<readonly TableRow[]> {
    const optional = table.optional ?? [];
    const there = optional.length === 0 ? new Set<string>() : await this.#columnsOf(table.name, limits);
    const columns = [...table.columns, ...optional.filter((name) => there.has(name))].map((name) =>
      identifier(name),
    );
    const conditions = table.softDeletes ? [sql`deleted = 0`, ...where] : where;
    const rows = await this.#database.query(
      sql`SELECT ${commaSeparated(columns)} FROM ${identifier(table.name)} WHERE ${all(conditions)} ORDER BY id`,
      limits,
    );
    return rows.map((row) => new TableRow(table.name, row));
  }

  #columnsOf(table: string, limits: Limits | undefined): Promise<ReadonlySet<string>> {
    let columns = this.#columns.get(table);
    if (columns === undefined) {
      columns = this.#readColumns(table, limits);
      this.#columns.set(table, columns);
      columns.catch(() => this.#columns.delete(table));
    }
    return columns;
  }

  async #readColumns(table: string, limits: Limits | undefined): Promise<ReadonlySet<string>> {
    const rows = await this.#database.query(
      sql`SELECT column_name AS name FROM information_schema.columns
          WHERE table_schema = DATABASE() AND table_name = ${table}`,
      limits,
    );
    return new Set(rows.map((row) => String(row['name'])));
  }
}

function commaSeparated([first, ...rest]: readonly Sql[]): Sql {
  return rest.reduce((sum, piece) => sql`${sum}, ${piece}`, first ?? sql``);
}

/** A row whose values are of the types that they should be, or the error says which row and which column. */
export class TableRow {
  readonly #table: string;
  readonly #row: Row;

  constructor(table: string, row: Row) {
    this.#table = table;
    this.#row = row;
  }

  text(column: string): string {
    return this.textOrNull(column) ?? this.#missing(column, 'a text');
  }

  textOrNull(column: string): string | null {
    const value = this.#value(column);
    if (value === null || typeof value === 'string') return value;
    throw this.#at(column).wrong(`${typeof value} where a text should be`);
  }

  integer(column: string): number {
    return this.integerOrNull(column) ?? this.#missing(column, 'a number');
  }

  integerOrNull(column: string): number | null {
    const value = this.#value(column);
    if (value === null) return null;
    if (typeof value !== 'number' && typeof value !== 'bigint') {
      throw this.#at(column).wrong(`${typeof value} where a number should be`);
    }
    return Json.of(Number(value), this.#source(column)).integer();
  }

  realOrNull(column: string): number | null {
    const value = this.#value(column);
    return value === null ? null : Number(value);
  }

  /** False for NULL, as Nova reads it. */
  flag(column: string): boolean {
    return (this.integerOrNull(column) ?? 0) !== 0;
  }

  /** Nova writes its times in UTC, in columns of whole seconds. */
  dateOrNull(column: string): Date | null {
    const text = this.textOrNull(column);
    if (text === null) return null;
    const date = new Date(text);
    if (Number.isNaN(date.getTime())) throw this.#at(column).wrong(`${JSON.stringify(text)} is no date`);
    return date;
  }

  /** Null for NULL and for JSON's null. */
  json<T>(column: string, read: (json: Json) => T): T | null {
    const text = this.textOrNull(column);
    return text === null ? null : Json.parse(text, this.#source(column)).orNull(read);
  }

  #value(column: string): Row[string] | null {
    return this.#row[column] ?? null;
  }

  #source(column: string): JsonSource {
    const named = ['instance_uuid', 'uuid', 'hypervisor_hostname', 'host'].find(
      (name) => typeof this.#row[name] === 'string',
    );
    const whose = named === undefined ? '' : ` (${named} ${String(this.#row[named])})`;
    return { table: this.#table, row: `id ${String(this.#row['id'])}${whose}`, column };
  }

  #at(column: string): Json {
    return Json.of(this.#value(column), this.#source(column));
  }

  #missing(column: string, what: string): never {
    throw this.#at(column).wrong(`NULL where ${what} should be`);
  }
}
