import { readFileSync } from 'node:fs';
import { Database } from '../database.js';
import type { DatabaseOptions } from '../connect-options.js';
import type { SqlValue } from '../sql-value.js';
import { identifier, list, Sql, sql } from '../sql.js';

const schema = JSON.parse(
  readFileSync(new URL('../../testdata/schema-zed.json', import.meta.url), 'utf8'),
) as Readonly<Record<'api' | 'cell', readonly string[]>>;

/** Makes a database with the tables that Nova of Zed has. */
export async function makeNovaDatabase(
  server: DatabaseOptions,
  name: string,
  kind: 'api' | 'cell',
): Promise<void> {
  await using root = await Database.connect({ ...server, readOnly: false });
  await root.execute(sql`CREATE DATABASE ${identifier(name)} CHARACTER SET utf8mb3`);
  await using database = await Database.connect({ ...server, database: name, readOnly: false });
  for (const statement of schema[kind]) await database.execute(Sql.make(statement, []));
}

export async function insert(
  database: Database,
  table: string,
  ...rows: readonly Readonly<Record<string, SqlValue>>[]
): Promise<void> {
  for (const row of rows) {
    const [first, ...rest] = Object.keys(row).map((column) => identifier(column));
    const columns = rest.reduce((sum, column) => sql`${sum}, ${column}`, first ?? sql``);
    await database.execute(
      sql`INSERT INTO ${identifier(table)} (${columns}) VALUES (${list(Object.values(row))})`,
    );
  }
}
