/** How Linux schedules a thread (sched(7)). */
export type SchedulingPolicy =
  'other' | 'fifo' | 'rr' | 'batch' | 'idle' | 'deadline' | 'ext' | `policy ${number}`;

/** Fields of /proc/PID/stat and /proc/PID/task/TID/stat (proc_pid_stat(5)). */
export interface ProcStat {
  readonly id: number;
  readonly name: string;
  /** R, S, D, Z, ... */
  readonly state: string;
  readonly nice: number;
  /** Clock ticks from the boot of the machine to the start. */
  readonly startTicks: number;
  readonly policy: SchedulingPolicy;
  /** 1-99 for fifo and rr, else 0. */
  readonly priority: number;
}

const policies: Readonly<Record<number, SchedulingPolicy>> = {
  0: 'other',
  1: 'fifo',
  2: 'rr',
  3: 'batch',
  5: 'idle',
  6: 'deadline',
  7: 'ext',
};

/** undefined when it is not such a line. The name can have anything in it, so fields are counted from its last `)`. */
export function parseProcStat(text: string): ProcStat | undefined {
  const match = /^(\d+) \((.*)\) (\S) ([-\d ]+)$/s.exec(text.trimEnd());
  if (match === null) return undefined;
  const [, id, name = '', state = '', rest = ''] = match;
  // The fourth field of the manual is the first of these.
  const fields = rest.split(' ').map(Number);
  const field = (number: number): number => fields[number - 4] ?? Number.NaN;
  const stat = { nice: field(19), startTicks: field(22), priority: field(40), policy: field(41) };
  if (Object.values(stat).some((value) => !Number.isSafeInteger(value))) return undefined;
  return { ...stat, id: Number(id), name, state, policy: policies[stat.policy] ?? `policy ${stat.policy}` };
}
