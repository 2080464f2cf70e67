import { LabError, exitCodes } from './errors.js';

export interface CpuSets {
  /** Nova's `[compute]cpu_dedicated_set` */
  readonly dedicated: string;
  /** Nova's `[compute]cpu_shared_set` */
  readonly shared: string;
}

/** `0-2,5` -> [0, 1, 2, 5], the kernel's list format. */
export function parseCpuList(text: string): number[] {
  return text
    .trim()
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [first = Number.NaN, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

export function formatCpuList(cpus: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const cpu of cpus) {
    const open = ranges.at(-1);
    if (open?.[1] === cpu - 1) open[1] = cpu;
    else ranges.push([cpu, cpu]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

/**
 * CPU sets of the two computes. Both see all CPUs of the machine, so what one dedicates the other shares: a pinned guest
 * never meets another pinned guest, and one that was migrated has to be pinned anew, which is what tests look at.
 * Four CPUs are used, or two where there are fewer.
 */
export function cpuSetsFor(usableCpus: readonly number[]): readonly [CpuSets, CpuSets] {
  if (usableCpus.length < 2) {
    throw new LabError(
      'WB_LAB_CPUS',
      `The lab may use ${usableCpus.length} CPU of this machine; it needs 2.`,
      {
        advice: 'Give the machine (or the cpuset of this shell) at least two CPUs.',
        exitCode: exitCodes.machineUnfit,
      },
    );
  }
  const each = usableCpus.length >= 4 ? 2 : 1;
  const first = formatCpuList(usableCpus.slice(0, each));
  const second = formatCpuList(usableCpus.slice(each, 2 * each));
  return [
    { dedicated: first, shared: second },
    { dedicated: second, shared: first },
  ];
}
