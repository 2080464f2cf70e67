import { run, type Host } from '@whitebox/host';
import type { CloudSession } from '@whitebox/testkit';
import type { Break } from '../fault.js';
import { serverOf } from './server-of.js';

/** A column of the rows of a server, in the database of its cell. */
export interface Column {
  readonly table: string;
  readonly column: string;
  /** The column that has the UUID of the server; default `instance_uuid`. */
  readonly key?: string | undefined;
  /** SQL: which of the rows of the server, where it has several. */
  readonly where?: string | undefined;
}

/** Path of the first guest cell in `numa_topology`, for JSON_SET. */
export const cellPath = '$."nova_object.data".cells[0]."nova_object.data"';

/** The database alone: the NUMA topology of a server. @param expression of SQL, as `JSON_SET(numa_topology, ...)` */
export function editTopology(expression: string): Break {
  return editRow({ table: 'instance_extra', column: 'numa_topology' }, expression);
}

/**
 * The database alone, with an account that may write. Put back before the server is deleted: Nova cannot give back CPUs
 * that it does not know, and would leave the server in ERROR.
 *
 * @param expression of SQL: the new value; must change exactly one row
 */
export function editRow(
  { table, column, key = 'instance_uuid', where: which = 'TRUE' }: Column,
  expression: string,
): Break {
  return async (step, session) => {
    const { id } = serverOf(step);
    const { name } = await session.database.cellOf(id);
    if (name === null) throw new Error('The cell has no name.');
    const mysql = await mysqlOf(session, `nova_${name}`);
    const where = `${key} = ${quoted(id)} AND ${which}`;
    const original = await mysql(`SELECT HEX(${column}) FROM ${table} WHERE ${where};`);
    step.atEnd('put the row of the database back', async () => {
      const value = original === 'NULL' ? 'NULL' : `CONVERT(X'${original}' USING utf8)`;
      await mysql(`UPDATE ${table} SET ${column} = ${value} WHERE ${where};`);
    });
    const changed = await mysql(
      `UPDATE ${table} SET ${column} = ${expression} WHERE ${where}; SELECT ROW_COUNT();`,
    );
    if (changed !== '1') throw new Error(`The change of the database concerned ${changed} rows.`);
  };
}

/** Runs SQL as root of the database server of the lab. @returns what it prints, without headings */
export async function mysqlOf(
  session: CloudSession,
  database: string,
): Promise<(sql: string) => Promise<string>> {
  const control = await controlMachine(session);
  const argv = ['mysql', '--batch', '--skip-column-names', database];
  return async (sql) => (await run(control, argv, { stdin: sql })).stdout.trim();
}

/** The machine of the lab that has the database server, and root's access to it. */
async function controlMachine(session: CloudSession): Promise<Host> {
  for (const { machine } of session.computes) {
    if ((await machine.exec(['mysqladmin', 'ping'])).exitCode === 0) return machine;
  }
  throw new Error('No machine of the lab has a database server.');
}

/** @throws Error for anything but a UUID */
export function quoted(id: string): string {
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new Error(`${id} is no UUID`);
  return `'${id}'`;
}
