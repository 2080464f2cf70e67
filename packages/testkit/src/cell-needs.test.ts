import { CpuSet } from '@whitebox/core';
import { expect, it } from 'vitest';
import type { CellCapacity } from './capacity.js';
import { numaCells, type CellsWanted } from './cell-needs.js';
import type { Discovered } from './needs.js';

function cell(id: number, change: Partial<CellCapacity> = {}): CellCapacity {
  return {
    id,
    dedicated: CpuSet.parse('0-1'),
    taken: CpuSet.empty,
    shared: CpuSet.parse('2'),
    siblings: [],
    hugepages: new Map([[2048, { total: 64, free: 32 }]]),
    ...change,
  };
}

function cloud(...cells: readonly CellCapacity[]): Discovered {
  return {
    capacity: () => Promise.resolve([{ name: 'a', memoryMib: 1024, cells }]),
    computes: [],
    hostDevices: () => Promise.resolve([]),
    novaApis: () => Promise.resolve({ services: [], obstacle: undefined }),
    maxMicroversion: '2.93',
    options: { explain: () => Promise.reject(new Error('not asked for')) },
  };
}

const all: CellsWanted = { cells: 2, dedicated: 2, shared: 1, hugepages: { sizeKib: 2048, count: 32 } };
const two = cloud(cell(0), cell(1));

it.each<[string, CellsWanted, Discovered, string | undefined, boolean?]>([
  ['met', all, two, undefined],
  ['one cell', all, cloud(cell(0)), 'a: cell 0 2 dedicated 1 shared 32 pages', false],
  [
    'a CPU is taken',
    { cells: 1, dedicated: 2 },
    cloud(cell(0, { taken: CpuSet.of(1) })),
    'a: cell 0 1 dedicated',
    true,
  ],
  ['no shared CPU', { shared: 1 }, cloud(cell(0, { shared: CpuSet.empty })), 'a: cell 0 0 shared', false],
  [
    'pages are taken',
    { hugepages: { sizeKib: 2048, count: 64 } },
    cloud(cell(0)),
    'a: cell 0 32 pages',
    true,
  ],
  ['too few pages', { hugepages: { sizeKib: 2048, count: 65 } }, cloud(cell(0)), 'a: cell 0 32 pages', false],
  ['no such pages', { hugepages: { sizeKib: 4096, count: 1 } }, cloud(cell(0)), 'a: cell 0 0 pages', false],
  [
    'one host',
    { ...all, hosts: 2 },
    two,
    'a: cell 0 2 dedicated 1 shared 32 pages, cell 1 2 dedicated 1 shared 32 pages',
    false,
  ],
  ['a host without cells', { shared: 1 }, cloud(), 'a: no cell', false],
])('cells with all that is wanted: %s', async (_, wanted, found, evidence, transient) => {
  const missing = await numaCells(wanted).missing(found);
  expect(missing?.evidence).toBe(evidence);
  expect(missing?.transient).toBe(transient);
});

it('says what it wants', () => {
  expect(numaCells({ ...all, hosts: 2 }).text).toBe(
    '2 computes with 2 NUMA cells of 2 free dedicated CPUs, 1 shared CPUs, 32 free pages of 2048 KiB',
  );
});
