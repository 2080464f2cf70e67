import { CpuSet } from '@whitebox/core';
import type { GuestMemory } from '@whitebox/kernel';
import { describe, expect, it } from 'vitest';
import { matchers } from './matchers.js';
import { MemoryPlacement, type MemoryEvidence, type XmlMemory } from './memory-placement.js';

const nodes = (text: string): CpuSet => CpuSet.parse(text);
const strict = (text: string) => ({ mode: 'strict', nodeset: nodes(text) });

const unbacked = {
  hugepages: undefined,
  locked: false,
  noSharePages: false,
  source: undefined,
  access: undefined,
  allocation: undefined,
  discard: false,
};

/** Two cells of 64 MiB in hugepages, the first on node 1, the second on node 0. */
const xml: XmlMemory = {
  cells: [
    { id: 0, cpus: nodes('0-1'), memoryKib: 65_536 },
    { id: 1, cpus: nodes('2-3'), memoryKib: 65_536 },
  ],
  numaTune: {
    memory: strict('0-1'),
    memNodes: new Map([
      [0, strict('1')],
      [1, strict('0')],
    ]),
  },
  memoryBacking: { ...unbacked, hugepages: [{ sizeKib: 2048, nodeset: nodes('0-1') }] },
};

function backend(
  cell: number,
  node: number,
  change: Partial<GuestMemory> = {},
  policy = 'bind',
): GuestMemory {
  const mapping = {
    address: '7f00',
    sizeKib: 65_536,
    permissions: 'rw-p',
    policy,
    policyNodes: CpuSet.of(node),
    file: undefined,
    pageSizeKib: 2048,
    pages: new Map([[node, 32]]),
  };
  return {
    backend: `ram-node${cell}`,
    sizeKib: 65_536,
    pageSizeKib: 2048,
    pages: new Map([[node, 32]]),
    mappings: [mapping],
    ...change,
  };
}

const database = [
  { hostCell: 1, memoryMib: 64, pagesizeKib: 2048 },
  { hostCell: 0, memoryMib: 64, pagesizeKib: 2048 },
];
const kernel = [backend(0, 1), backend(1, 0)];

function placement(change: Partial<MemoryEvidence> = {}): MemoryPlacement {
  return new MemoryPlacement({
    serverName: 'vm1',
    hostName: 'compute1',
    live: xml,
    inactive: xml,
    database,
    kernel,
    basePageKib: 4,
    ...change,
  });
}

const ordinary: XmlMemory = { ...xml, memoryBacking: unbacked };
const few = { pageSizeKib: 4, pages: new Map([[1, 66]]) };

describe('MemoryPlacement', () => {
  it('answers from the live XML', () => {
    const memory = placement();
    expect(memory.disagreements()).toEqual([]);
    expect(memory.pageSizesKib).toEqual([2048]);
    expect(memory.cells.map(({ nodes: on, vcpus }) => [on.toString(), vcpus.toString()])).toEqual([
      ['1', '0-1'],
      ['0', '2-3'],
    ]);
    expect(memory.hugepages(2048)).toEqual(
      new Map([
        [1, 32],
        [0, 32],
      ]),
    );
    expect(memory.hugepages(1_048_576)).toEqual(new Map());
  });

  it('takes ordinary pages where the XML names none, touched or not', () => {
    const memory = placement({
      live: ordinary,
      inactive: ordinary,
      database: database.map((cell, index) => ({ ...cell, pagesizeKib: index === 0 ? 4 : null })),
      kernel: [backend(0, 1, few), backend(1, 0, { pageSizeKib: undefined, pages: new Map() })],
    });
    expect(memory.disagreements()).toEqual([]);
    expect(memory.pageSizesKib).toEqual([4]);
  });

  it('does not mind which of two backends of one size is named first', () => {
    expect(placement({ kernel: [backend(0, 0), backend(1, 1)] }).disagreements()).toEqual([]);
  });

  it.each<[string, Partial<MemoryEvidence>, string]>([
    [
      'the kernel binds memory elsewhere',
      { kernel: [backend(0, 0), backend(1, 0)] },
      'memory of cell 0: domain XML binds it to 1, kernel policy bind 0',
    ],
    [
      'the kernel has pages elsewhere',
      { kernel: [backend(0, 1, { pages: new Map([[0, 32]]) }), backend(1, 0)] },
      'memory of cell 0: domain XML binds it to 1, kernel has 32 pages on 0',
    ],
    [
      'the kernel only prefers the node',
      { kernel: [backend(0, 1, {}, 'prefer'), backend(1, 0)] },
      'memory of cell 0: domain XML binds it to 1, kernel policy prefer 1',
    ],
    [
      'the kernel has ordinary pages',
      { kernel: [backend(0, 1, few), backend(1, 0)] },
      'memory of cell 0: domain XML has pages of 2048 KiB, kernel of 4 KiB',
    ],
    [
      'hugepages are missing',
      { kernel: [backend(0, 1, { pages: new Map([[1, 31]]) }), backend(1, 0)] },
      'memory of cell 0: domain XML has 65536 KiB in hugepages, kernel 63488 KiB',
    ],
    [
      'a cell has no memory',
      { kernel: [backend(0, 1)] },
      'memory of cell 1: the kernel has no mapping for it',
    ],
    [
      'the database has another page size',
      { database: database.map((cell) => ({ ...cell, pagesizeKib: 4 })) },
      'memory of cell 0: domain XML 65536 KiB in 2048 on 1, database 65536 KiB in 4 on 1',
    ],
    [
      'the database has other cells',
      { database: database.slice(0, 1) },
      'domain XML has 2 cells, database 1',
    ],
    [
      'the binding is not strict',
      {
        live: {
          ...xml,
          numaTune: {
            memory: strict('0-1'),
            memNodes: new Map([[0, { mode: 'preferred', nodeset: nodes('1') }]]),
          },
        },
      },
      'memnode 0: domain XML preferred 1, not strict',
    ],
    [
      'the database has no topology',
      { database: null },
      'domain XML has numatune, but the database has no NUMA topology',
    ],
    [
      'the inactive XML has other pages',
      { inactive: ordinary },
      'memory of cell 0: domain XML 65536 KiB in 2048 on 1, inactive XML 65536 KiB in 4 on 1',
    ],
    [
      'the inactive XML takes memory elsewhere',
      { inactive: { ...xml, numaTune: { memory: strict('0'), memNodes: xml.numaTune!.memNodes } } },
      'numatune memory: domain XML strict 0-1, inactive XML strict 0',
    ],
  ])('notices that %s', (_, change, line) => {
    expect(placement(change).disagreements()).toContain(line);
  });

  it('shows every layer side by side', () => {
    expect(placement().table().split('\n')[1]).toBe(
      'cell 0  65536 KiB in 2048 on 1  65536 KiB in 2048 on 1  65536 KiB in 2048 on 1  bind 1: 32 on 1 of 2048 KiB',
    );
  });

  it('does not agree over no page at all', () => {
    const empty = kernel.map((memory) => ({ ...memory, pages: new Map<number, number>() }));
    expect(() => matchers.toAgreeEverywhere(placement({ kernel: empty }))).toThrow('nothing to agree on');
  });
});
