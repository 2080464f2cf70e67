import { CpuSet } from '@whitebox/core';
import { run } from '@whitebox/host';
import { editRow, type RowEdit, type Undo } from '../../broken-lab.suite.js';
import type { ComputeHost } from '../../compute-host.js';
import type { TestServer } from '../../test-server.js';
import type { AuditedLab } from '../audited-lab.suite.js';

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
  /**
   * Two dedicated vCPUs, the second realtime, persistent memory, a vTPM and an encrypted volume; only where all breaks are
   * made, as it takes its time.
   */
  readonly rich: TestServer | undefined;
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
export async function edit({ lab }: Pick<Scene, 'lab'>, ...row: RowEdit): Promise<Undo> {
  return editRow(lab, ...row);
}

export function richOf({ rich }: Scene): TestServer {
  if (rich === undefined) throw new Error('That server is there only where all breaks are made.');
  return rich;
}

/** All of these, or none. */
export async function together(breaks: readonly (() => Promise<Undo>)[]): Promise<Undo> {
  const undos: Undo[] = [];
  const undo = async (): Promise<void> => {
    for (const each of undos.reverse()) await each();
  };
  try {
    for (const one of breaks) undos.push(await one());
  } catch (error) {
    await undo();
    throw error;
  }
  return undo;
}

/** The guest is started anew from changed XML; Nova is not asked. */
export async function restartWith(server: TestServer, change: (xml: string) => string): Promise<Undo> {
  const { virsh, machine } = server.host;
  const before = await virsh.run(['dumpxml', '--domain', server.domain, '--inactive', '--security-info']);
  const changed = change(before);
  if (changed === before) throw new Error(`The XML of ${server.name} has nothing to be changed.`);
  const start = async (xml: string): Promise<void> => {
    await run(machine, ['virsh', '-c', 'qemu:///system', 'define', '/dev/stdin'], { stdin: xml });
    await virsh.run(['destroy', '--domain', server.domain]);
    await virsh.run(['start', '--domain', server.domain]);
  };
  await start(changed);
  return () => start(before);
}

/** Something is under way with the pinned server, as far as its row says, for as long as something else is broken. */
export async function underWay(scene: Scene, breaks: () => Promise<Undo>): Promise<Undo> {
  const where = `uuid = '${scene.pinned.id}'`;
  const task = (): Promise<Undo> => edit(scene, scene.cell, 'instances', 'task_state', where, "'rebooting'");
  return together([task, breaks]);
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

export async function pinOf(server: TestServer, vcpu: number): Promise<CpuSet> {
  const pin = (await server.xml()).cpuTune.vcpuPins.get(vcpu);
  if (pin === undefined) throw new Error(`vCPU ${vcpu} of ${server.name} has no pin.`);
  return pin;
}

/** One that is dedicated and no guest's. */
export async function freeCpu({ pinned, neighbour, mixed, rich, host }: Scene): Promise<CpuSet> {
  const taken = await Promise.all(
    [pinned, neighbour, ...(rich === undefined ? [] : [rich])]
      .flatMap((server) => [pinOf(server, 0), pinOf(server, 1)])
      .concat(pinOf(mixed, 1)),
  );
  const free = taken.reduce((cpus, one) => cpus.difference(one), host.dedicated);
  return CpuSet.of(free.ids[0] ?? 0);
}
