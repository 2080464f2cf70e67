import { CpuSet } from '@whitebox/core';
import { describe, expect, it } from 'vitest';
import { staleCpus, type HostCapacity } from './capacity.js';

const cpus = (text: string): CpuSet => CpuSet.parse(text);

function host(taken: string, ...siblings: string[]): HostCapacity {
  const cell = {
    id: 0,
    dedicated: cpus('0-7'),
    taken: cpus(taken),
    shared: CpuSet.empty,
    siblings: siblings.map(cpus),
    hugepages: new Map<number, never>(),
  };
  return { name: 'compute1', memoryMib: 1024, cells: [cell] };
}

describe('staleCpus', () => {
  it('are those that are accounted for and that no guest has', () => {
    expect(staleCpus(host('0-3'), cpus('0-1'))).toEqual(cpus('2-3'));
    expect(staleCpus(host('0-1'), cpus('0-1')).isEmpty).toBe(true);
  });

  it('are none where a guest has CPUs that are not accounted for yet', () => {
    expect(staleCpus(host('0'), cpus('0-1')).isEmpty).toBe(true);
  });

  it('leave out the thread siblings of what guests have', () => {
    expect(staleCpus(host('0,4,2', '0,4', '2,6'), cpus('0'))).toEqual(cpus('2'));
  });
});
