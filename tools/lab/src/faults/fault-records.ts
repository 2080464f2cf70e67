import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabPaths } from '../names.js';
import { writeAtomically } from '../state.js';
import type { FaultWords } from './fault.js';

/** A fault that was asked for; written down before anything is broken, so that whatever happens it can be healed. */
export interface FaultRecord {
  /** Short, for `lab fault heal`: `f1` */
  readonly id: string;
  readonly kind: string;
  readonly host: string;
  readonly words: FaultWords;
  /** ISO 8601 */
  readonly since: string;
  /** False while it is being injected, and for good when that was cut short. */
  readonly injected: boolean;
}

const file = (paths: LabPaths) => join(paths.faults, 'faults.json');

export async function readFaults(paths: LabPaths): Promise<FaultRecord[]> {
  try {
    return JSON.parse(await readFile(file(paths), 'utf8')) as FaultRecord[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function writeFaults(paths: LabPaths, records: readonly FaultRecord[]): Promise<void> {
  await mkdir(paths.faults, { recursive: true, mode: 0o700 });
  await writeAtomically(file(paths), `${JSON.stringify(records, undefined, 2)}\n`);
}

/** Adds a record, or takes the place of the one with its id. */
export async function recordFault(paths: LabPaths, record: FaultRecord): Promise<void> {
  const others = (await readFaults(paths)).filter(({ id }) => id !== record.id);
  await writeFaults(paths, [...others, record]);
}

/** The first free id. */
export function nextId(records: readonly FaultRecord[]): string {
  const taken = new Set(records.map(({ id }) => id));
  for (let number = 1; ; number += 1) if (!taken.has(`f${number}`)) return `f${number}`;
}

export async function forgetFault(paths: LabPaths, id: string): Promise<void> {
  await writeFaults(
    paths,
    (await readFaults(paths)).filter((record) => record.id !== id),
  );
  await rm(faultKeep(paths, id), { recursive: true, force: true });
}

/** The folder for what a fault has to put back. */
export function faultKeep(paths: LabPaths, id: string): string {
  return join(paths.faults, id);
}
