import { readFileSync } from 'node:fs';

/** A process, told apart from a later one with the same number by when it started (and in which boot). */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot, field 22 of /proc/PID/stat. */
  readonly startTime: string;
  readonly bootId: string;
}

export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** Start time out of a line of /proc/PID/stat; the command's name in it may hold blanks and parentheses. */
export function startTimeFromStat(stat: string): { startTime: string; state: string } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { startTime: fields[19] ?? '', state: fields[0] ?? '' };
}

export function identifyProcess(pid: number): ProcessIdentity | undefined {
  try {
    const { startTime, state } = startTimeFromStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return state === 'Z' || state === 'X' ? undefined : { pid, startTime, bootId: bootId() };
  } catch {
    return undefined;
  }
}

export function isAlive(identity: ProcessIdentity): boolean {
  const now = identifyProcess(identity.pid);
  return now?.startTime === identity.startTime && now.bootId === identity.bootId;
}
