import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, type Host } from '@whitebox/host';
import type { CloudReference } from './run-context.js';
import type { CaseContext } from './run-case.js';
import { CloudSession } from './session.js';

/** Takes back what was broken. */
export type Undo = () => Promise<void>;

/** A lab that a test breaks behind the back of the cloud. */
export interface BrokenLab extends AsyncDisposable {
  readonly session: CloudSession;
  /** Root on the machine with the databases. */
  readonly control: Host;
  /** Of the test, removed when it is over. */
  readonly folder: string;
}

/** @param observersIn the observers of its cases, given the folder of the test */
export async function openBrokenLab(
  name: string,
  cloud: CloudReference,
  observersIn: (folder: string) => Promise<readonly string[]> = () => Promise.resolve([]),
): Promise<BrokenLab> {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  const session = await CloudSession.open({
    cloud,
    runId: `wb-${name}-${process.pid}`,
    stateDirectory: folder,
    observers: await observersIn(folder),
    requireNeeds: true,
    failKnownBugs: false,
    repeat: 1,
  });
  const machines = session.computes.map(({ machine }) => machine);
  const answers = await Promise.all(machines.map((machine) => machine.exec(['mysqladmin', 'ping'])));
  const control = machines[answers.findIndex(({ exitCode }) => exitCode === 0)];
  if (control === undefined) throw new Error('No machine of the lab has a database server.');
  return {
    session,
    control,
    folder,
    [Symbol.asyncDispose]: async () => {
      await session[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Of a case that tells nobody what it does. */
export function quietCase(name: string, session: CloudSession): CaseContext {
  return {
    name,
    session,
    signal: new AbortController().signal,
    requireNeeds: true,
    failKnownBugs: false,
    skip: (reason: string): never => {
      throw new Error(reason);
    },
    step: () => Promise.resolve(),
    evidence: () => Promise.resolve(),
    recording: () => Promise.resolve(),
    invariant: () => Promise.resolve(),
  };
}

/** As the root of the database server; what it printed. */
export async function sql(
  { control }: Pick<BrokenLab, 'control'>,
  database: string,
  statement: string,
): Promise<string> {
  const argv = ['mysql', '--batch', '--raw', '--skip-column-names', database];
  return (await run(control, argv, { stdin: statement })).stdout.trimEnd();
}

/** One value of a database. */
export type RowEdit = readonly [
  database: string,
  table: string,
  column: string,
  where: string,
  value: string,
];

/** Changes a column of one row, and puts the very bytes back. */
export async function editRow(
  lab: Pick<BrokenLab, 'control'>,
  ...[database, table, column, where, value]: RowEdit
): Promise<Undo> {
  const before = await sql(
    lab,
    database,
    `SELECT HEX(CAST(${column} AS CHAR)) FROM ${table} WHERE ${where};`,
  );
  const changed = await sql(
    lab,
    database,
    `UPDATE ${table} SET ${column} = ${value} WHERE ${where}; SELECT ROW_COUNT();`,
  );
  if (changed !== '1') throw new Error(`${changed} rows of ${table} were changed instead of one.`);
  const found = await sql(lab, database, `SELECT COUNT(*) FROM ${table} WHERE ${where};`);
  if (found !== '1') throw new Error(`${where} does not find the row of ${table} again.`);
  const old = before === 'NULL' ? 'NULL' : `CONVERT(X'${before}' USING utf8)`;
  return async () => {
    await sql(lab, database, `UPDATE ${table} SET ${column} = ${old} WHERE ${where};`);
  };
}

/** A domain that is nobody's. */
export async function defineOrphan(
  { machine, virsh }: Pick<CloudSession['computes'][number], 'machine' | 'virsh'>,
  uuid: string,
): Promise<Undo> {
  const xml = `<domain type='qemu'><name>wb-orphan</name><uuid>${uuid}</uuid><memory unit='MiB'>16</memory><vcpu>1</vcpu><os><type>hvm</type></os><devices/></domain>`;
  await run(machine, ['virsh', '-c', 'qemu:///system', 'define', '/dev/stdin'], { stdin: xml });
  return async () => {
    await virsh.run(['undefine', '--domain', uuid]);
  };
}
