import { CpuSet } from '@whitebox/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fit, roomOf } from './room.js';

describe('fit', () => {
  it('keeps enough free for each claim, wherever Nova has put the others', () => {
    const room = [[4, 4]];
    expect(fit([4], room)).toBe(true);
    expect(fit([5], room)).toBe(false);
    // The 1 and the other 4 fit into one cell each only if Nova does not put the 1 into the second.
    expect(fit([4, 1, 4], room)).toBe(false);
    expect(fit([2, 2, 2], room)).toBe(true);
    expect(fit([1, 1, 1, 1, 1, 1, 1, 1], room)).toBe(true);
    expect(fit([1, 1, 1, 1, 1, 1, 1, 1, 1], room)).toBe(false);
  });

  it('asks every host, since a guest may move', () => {
    expect(fit([2], [[4], [1]])).toBe(false);
  });

  it('is no matter of those that float', () => {
    expect(fit([0, 0], [])).toBe(true);
    expect(fit([0, 1], [])).toBe(false);
  });

  it('never overcommits: no order and no choice of cells leaves a claim without one', () => {
    const cells = fc.array(fc.nat(8), { minLength: 1, maxLength: 4 });
    const claims = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(cells, claims, fc.infiniteStream(fc.nat()), (free, wanted, choices) => {
        fc.pre(fit(wanted, [free]));
        const left = [...free];
        const queue = [...wanted];
        while (queue.length > 0) {
          const [count = 0] = queue.splice((choices.next().value as number) % queue.length, 1);
          const possible = [...left.keys()].filter((cell) => (left[cell] ?? 0) >= count);
          expect(possible).not.toEqual([]);
          const cell = possible[(choices.next().value as number) % possible.length] ?? 0;
          left[cell] = (left[cell] ?? 0) - count;
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('roomOf', () => {
  const cell = (dedicated: string, taken: string) => ({
    id: 0,
    dedicated: dedicated === '' ? CpuSet.empty : CpuSet.parse(dedicated),
    taken: taken === '' ? CpuSet.empty : CpuSet.parse(taken),
    shared: CpuSet.empty,
    siblings: [],
    hugepages: new Map<number, never>(),
  });

  it('has the free dedicated CPUs of each cell, of hosts that have any', () => {
    const hosts = [
      { name: 'a', cells: [cell('0-3', '0'), cell('4-7', '')] },
      { name: 'b', cells: [cell('', '')] },
    ];
    expect(roomOf(hosts)).toEqual([[3, 4]]);
  });
});
