import { CpuSet } from '@whitebox/core';

/** For people. */
export function show(cpus: CpuSet | undefined | null): string {
  if (cpus === undefined || cpus === null) return 'unset';
  return cpus.isEmpty ? 'none' : cpus.toString();
}

export function same(one: CpuSet | undefined, other: CpuSet | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}

export function union(sets: Iterable<CpuSet>): CpuSet {
  return [...sets].reduce((all, set) => all.union(set), CpuSet.empty);
}

export function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, each) => total + each, 0);
}

export function listed(words: Iterable<string>): string {
  return [...words].join(', ') || 'none';
}
