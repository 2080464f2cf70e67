import { CpuSet } from '@whitebox/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareOf, type Claim, type Share } from './claim.js';
import { fit, fitQuota, roomOf, type HostRoom } from './room.js';

const host = (...cells: readonly number[]): HostRoom => ({ name: 'a', cells, memoryMib: 8192 });
const share = (dedicatedCpus: number, more: Claim = {}): Share => shareOf({ dedicatedCpus, ...more });
const shares = (...counts: readonly number[]): Share[] => counts.map((count) => share(count));

describe('fit', () => {
  it('keeps enough free for each claim, wherever Nova has put the others', () => {
    const two = host(4, 4);
    expect(fit(shares(4), two)).toBe(true);
    expect(fit(shares(5), two)).toBe(false);
    // The 1 and the other 4 fit into one cell each only if Nova does not put the 1 into the second.
    expect(fit(shares(4, 1, 4), two)).toBe(false);
    expect(fit(shares(2, 2, 2), two)).toBe(true);
    expect(fit(shares(1, 1, 1, 1, 1, 1, 1, 1), two)).toBe(true);
    expect(fit(shares(1, 1, 1, 1, 1, 1, 1, 1, 1), two)).toBe(false);
  });

  it('keeps as many cells as a claim has', () => {
    expect(fit([share(2, { cells: 2 })], host(4, 4))).toBe(true);
    expect(fit([share(2, { cells: 2 }), share(2)], host(4, 4))).toBe(true);
    expect(fit([share(2, { cells: 2 }), share(3)], host(4, 4))).toBe(false);
    expect(fit([share(1, { cells: 2 })], host(4))).toBe(false);
    expect(fit([share(1, { cells: 2 })], host(4, 0))).toBe(false);
  });

  it('is no matter of those that float', () => {
    expect(fit(shares(0, 0), host())).toBe(true);
    expect(fit(shares(0, 1), host())).toBe(false);
  });

  it('has memory for all', () => {
    const small = { ...host(4), memoryMib: 1024 };
    expect(fit(shares(0, 0), small)).toBe(true);
    expect(fit(shares(0, 0, 0), small)).toBe(false);
    expect(fit([share(0, { memoryMib: 1025 })], small)).toBe(false);
  });

  it('never overcommits: no order and no choice of cells leaves a claim without some', () => {
    const cells = fc.array(fc.nat(8), { minLength: 1, maxLength: 4 });
    const wanted = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 2 })), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(cells, wanted, fc.infiniteStream(fc.nat()), (free, claims, choices) => {
        const all = claims.map(([count, inCells]) => share(count, { cells: inCells }));
        fc.pre(fit(all, { name: 'a', cells: free, memoryMib: 1e6 }));
        const left = [...free];
        const queue = [...claims];
        while (queue.length > 0) {
          const [claim] = queue.splice((choices.next().value as number) % queue.length, 1);
          const [count, inCells] = claim!;
          const taken = new Set<number>();
          for (let one = 0; one < inCells; one += 1) {
            const possible = [...left.keys()].filter(
              (cell) => !taken.has(cell) && (left[cell] ?? 0) >= count,
            );
            expect(possible).not.toEqual([]);
            const cell = possible[(choices.next().value as number) % possible.length] ?? 0;
            taken.add(cell);
            left[cell] = (left[cell] ?? 0) - count;
          }
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

  it('has the free dedicated CPUs of each cell, and the memory', () => {
    const hosts = [
      { name: 'a', memoryMib: 2048, cells: [cell('0-3', '0'), cell('4-7', '')] },
      { name: 'b', memoryMib: 1024, cells: [cell('', '')] },
    ];
    expect(roomOf(hosts)).toEqual({
      hosts: [
        { name: 'a', cells: [3, 4], memoryMib: 2048 },
        { name: 'b', cells: [0], memoryMib: 1024 },
      ],
      quota: { servers: Infinity, vcpus: Infinity, volumes: Infinity },
    });
  });

  it('has what the quota of the project leaves', () => {
    const limits = { maxTotalInstances: 10, totalInstancesUsed: 3, maxTotalCores: -1, totalCoresUsed: 4 };
    const room = roomOf([], limits);
    expect(room.quota).toEqual({ servers: 7, vcpus: Infinity, volumes: Infinity });
    expect(fitQuota([{ servers: 7, vcpus: 99, volumes: 9 }], room)).toBe(true);
    const share = { servers: 4, vcpus: 1, volumes: 0 };
    expect(fitQuota([share, share], room)).toBe(false);
    const cores = { maxTotalCores: 20, totalCoresUsed: 18 };
    expect(fitQuota([{ servers: 1, vcpus: 3, volumes: 0 }], roomOf([], cores))).toBe(false);
  });
});
