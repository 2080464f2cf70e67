import type { Cpus } from '@whitebox/testkit';

type CpuSet = Exclude<Cpus, string>;

/** All CPUs of all these sets. @throws RangeError where there is none: whatever is compared with it would be vacuous */
export function union([first, ...others]: readonly CpuSet[]): CpuSet {
  if (first === undefined) throw new RangeError('There is no set of CPUs to unite.');
  return others.reduce((all, set) => all.union(set), first);
}
