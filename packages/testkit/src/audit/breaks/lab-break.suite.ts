import type { ComputeHost } from '../../compute-host.js';
import type { TestServer } from '../../test-server.js';
import type { AuditedLab } from '../audited-lab.suite.js';

/** Takes back what was broken. */
export type Undo = () => Promise<void>;

/** What a break has at hand: servers on one compute. */
export interface Scene {
  readonly lab: AuditedLab;
  readonly host: ComputeHost;
  /** Two dedicated vCPUs and a port. */
  readonly pinned: TestServer;
  /** Two dedicated vCPUs. */
  readonly neighbour: TestServer;
  /** A floating vCPU, no NUMA. */
  readonly floating: TestServer;
  /** Its first vCPU floats, its second is dedicated. */
  readonly mixed: TestServer;
  /** Name of the database of their cell. */
  readonly cell: string;
}

/** One way to break a cloud behind its back, and what an audit must say of it, no more and no less. */
export interface LabBreak {
  readonly what: string;
  /** Invariants with a finding. */
  readonly finds: readonly string[];
  /** Others that may have one, depending on whether Nova's periodic task has acted on the break. */
  readonly also?: readonly string[] | undefined;
  /** A finding must match it. */
  readonly says: RegExp;
  /** Part of the sample of npm test: quick, and of a layer of its own. */
  readonly sample?: boolean | undefined;
  readonly do: (scene: Scene) => Promise<Undo>;
}

/** Changes a column of one row, and puts the very bytes back. */
export async function edit(
  { lab }: Pick<Scene, 'lab'>,
  database: string,
  table: string,
  column: string,
  where: string,
  value: string,
): Promise<Undo> {
  const before = await lab.sql(database, `SELECT HEX(CAST(${column} AS CHAR)) FROM ${table} WHERE ${where};`);
  const changed = await lab.sql(
    database,
    `UPDATE ${table} SET ${column} = ${value} WHERE ${where}; SELECT ROW_COUNT();`,
  );
  if (changed !== '1') throw new Error(`${changed} rows of ${table} were changed instead of one.`);
  const old = before === 'NULL' ? 'NULL' : `CONVERT(X'${before}' USING utf8)`;
  return async () => {
    await lab.sql(database, `UPDATE ${table} SET ${column} = ${old} WHERE ${where};`);
  };
}

/** Something is under way with the pinned server, as far as its row says, for as long as something else is broken. */
export async function underWay(scene: Scene, breaks: () => Promise<Undo>): Promise<Undo> {
  const where = `uuid = '${scene.pinned.id}'`;
  const arrive = await edit(scene, scene.cell, 'instances', 'task_state', where, "'rebooting'");
  const undo = await breaks().catch(async (error: unknown) => {
    await arrive();
    throw error;
  });
  return async () => {
    await undo();
    await arrive();
  };
}

/** A row that should not be there. */
export async function insert(
  { lab }: Pick<Scene, 'lab'>,
  database: string,
  table: string,
  row: Readonly<Record<string, string>>,
): Promise<Undo> {
  const columns = Object.keys(row).map((name) => `\`${name}\``);
  const id = await lab.sql(
    database,
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${Object.values(row).join(', ')}); SELECT LAST_INSERT_ID();`,
  );
  return async () => {
    await lab.sql(database, `DELETE FROM ${table} WHERE id = ${id};`);
  };
}

/** Path in a JSON text of Nova's objects. */
export function inObject(...fields: readonly string[]): string {
  return `$${fields.map((field) => (field.startsWith('[') ? field : `."nova_object.data".${field}`)).join('')}`;
}
