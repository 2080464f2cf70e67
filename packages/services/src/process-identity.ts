import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';

/** A process of some machine. */
export interface ProcessIdentity {
  readonly machine: string;
  readonly pid: number;
  /** Tells it from a later one with the same number: field 22 of /proc/PID/stat; empty where there is no /proc. */
  readonly processStart?: string | undefined;
}

export async function thisProcessIdentity(): Promise<Required<ProcessIdentity>> {
  return {
    machine: hostname(),
    pid: process.pid,
    processStart: await processStart(process.pid),
  };
}

/** Whether a process still runs; undefined for one of another machine, which only somebody there can tell. */
export async function isRunning({
  machine,
  pid,
  processStart: start,
}: ProcessIdentity): Promise<boolean | undefined> {
  if (machine !== hostname()) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return start === undefined || (await processStart(pid)) === start;
}

async function processStart(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
