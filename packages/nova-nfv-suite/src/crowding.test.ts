import { CpuSet } from '@whitebox/core';
import type { CellCapacity, Discovered, HostCapacity } from '@whitebox/testkit';
import { describe, expect, it } from 'vitest';
import { moreThanHalf, roomForCrowding } from './crowding.js';

const pages = { sizeKib: 2048, count: 64 };

function cell(id: number, dedicated: string, taken = '', free = 512): CellCapacity {
  return {
    id,
    dedicated: CpuSet.parse(dedicated, 'kernel'),
    taken: CpuSet.parse(taken, 'kernel'),
    shared: CpuSet.empty,
    siblings: [],
    hugepages: new Map([[pages.sizeKib, { total: 512, free }]]),
  };
}

function missing(...hosts: readonly CellCapacity[][]) {
  const capacity: HostCapacity[] = hosts.map((cells, index) => ({
    name: `compute${index}`,
    memoryMib: 1024,
    cells,
  }));
  const found: Pick<Discovered, 'capacity'> = { capacity: () => Promise.resolve(capacity) };
  return roomForCrowding(pages.sizeKib, pages.count).missing(found as Discovered);
}

const idle = [cell(0, '0-3'), cell(1, '4-7')];

describe('moreThanHalf', () => {
  it.each([
    [4, 3],
    [5, 3],
    [1, 1],
  ])('of %i is %i: no cell has room for two', (most, expected) => {
    expect(moreThanHalf(most)).toBe(expected);
    expect(2 * moreThanHalf(most)).toBeGreaterThan(most);
  });
});

describe('roomForCrowding', () => {
  it('is met by two hosts with two such cells', async () => {
    expect(await missing(idle, idle)).toBeUndefined();
  });

  it('is met in a moment where guests hold what it takes', async () => {
    expect(await missing(idle, [cell(0, '0-3', '0-1'), cell(1, '4-7')])).toEqual({
      evidence:
        'compute0: 4 CPUs, 512 pages; 4 CPUs, 512 pages, compute1: 2 CPUs, 512 pages; 4 CPUs, 512 pages',
      transient: true,
    });
    expect(await missing(idle, [cell(0, '0-3', '', 63), cell(1, '4-7')])).toMatchObject({ transient: true });
  });

  it.each([
    ['one host', [idle]],
    ['one cell', [idle, [cell(0, '0-3')]]],
    ['a cell that is much smaller', [idle, [cell(0, '0-3'), cell(1, '4')]]],
  ])('is never met by %s', async (_what, hosts) => {
    expect(await missing(...hosts)).toMatchObject({ transient: false });
  });
});
