import { CpuSet } from '@whitebox/core';
import { describe, expect, it } from 'vitest';
import type { HostCapacity } from './capacity.js';
import {
  computes,
  differentSharedSets,
  disjointDedicatedSets,
  feature,
  freeDedicatedCpus,
  freeDedicatedCpusWithoutSmt,
  freeSmtCores,
  idleDedicatedCell,
  microversion,
  sharedCpus,
  type Discovered,
  type Need,
} from './needs.js';

const cpus = (text: string): CpuSet => (text === '' ? CpuSet.empty : CpuSet.parse(text));

function host(name: string, ...cells: [dedicated: string, taken: string, shared: string][]): HostCapacity {
  return {
    name,
    memoryMib: 1024,
    cells: cells.map(([dedicated, taken, shared], id) => ({
      id,
      dedicated: cpus(dedicated),
      taken: cpus(taken),
      shared: cpus(shared),
      siblings: [],
      hugepages: new Map([[2048, { total: 8, free: 4 }]]),
    })),
  };
}

function cloud(...hosts: HostCapacity[]): Discovered {
  return {
    capacity: () => Promise.resolve(hosts),
    computes: [],
    hostDevices: () => Promise.resolve([]),
    novaApis: () => Promise.resolve({ services: [], obstacle: undefined }),
    maxMicroversion: '2.93',
    options: {
      explain: (group, key) =>
        Promise.resolve({
          group,
          key,
          value: key !== 'resize',
          kind: 'said',
          origin: 'tempest.conf:4',
          note: undefined,
        }),
    },
  };
}

const a = host('a', ['0-3', '0', '8'], ['4-7', '', '9']);
const b = host('b', ['2-3', '2-3', '']);

/** Two SMT cores in its cell; `taken` is of the first. */
function smt(name: string, dedicated: string, taken = ''): HostCapacity {
  const { cells, memoryMib } = host(name, [dedicated, taken, '']);
  return { name, memoryMib, cells: cells.map((cell) => ({ ...cell, siblings: [cpus('0,4'), cpus('1,5')] })) };
}

describe('needs', () => {
  it.each<[string, Need, Discovered, string | undefined]>([
    ['computes met', computes(2), cloud(a, b), undefined],
    ['a feature that is there', feature('live_migration'), cloud(a), undefined],
    ['a feature that is off', feature('resize'), cloud(a), 'it is off: tempest.conf:4'],
    ['computes missing', computes(3), cloud(a, b), '2: a, b'],
    ['free CPUs are counted in one cell', freeDedicatedCpus({ perHost: 4 }), cloud(a), undefined],
    ['free CPUs of two cells do not add up', freeDedicatedCpus({ perHost: 5 }), cloud(a), 'a: 4'],
    ['taken CPUs are not free', freeDedicatedCpus({ perHost: 1, hosts: 2 }), cloud(a, b), 'a: 4, b: 0'],
    ['shared CPUs of all cells add up', sharedCpus({ perHost: 2 }), cloud(a), undefined],
    ['no shared CPU', sharedCpus({ perHost: 1 }), cloud(b), 'b: 0'],
    ['the largest cell is idle', idleDedicatedCell(), cloud(a, b), undefined],
    ['the largest cell is in use', idleDedicatedCell(), cloud(b), 'the largest has 2; free are b: 0'],
    ['there is no dedicated CPU', idleDedicatedCell(), cloud(host('c', ['', '', '0'])), 'no dedicated CPU'],
    ['whole cores are free', freeSmtCores({ perHost: 2 }), cloud(smt('s', '0-1,4-5')), undefined],
    ['a thread of a core is taken', freeSmtCores({ perHost: 2 }), cloud(smt('s', '0-1,4-5', '4')), 's: 1'],
    ['a thread of a core is not dedicated', freeSmtCores({ perHost: 2 }), cloud(smt('s', '0-1,4')), 's: 1'],
    ['there is no SMT', freeSmtCores({ perHost: 1 }), cloud(a), 'a: 0'],
    ['a host has no SMT', freeDedicatedCpusWithoutSmt({ perHost: 4 }), cloud(a), undefined],
    ['all have SMT', freeDedicatedCpusWithoutSmt({ perHost: 1 }), cloud(smt('s', '0-1,4-5')), 's: 0'],
    ['sets overlap', disjointDedicatedSets(), cloud(a, b), 'a: 0-7, b: 2-3'],
    ['sets are disjoint', disjointDedicatedSets(), cloud(b, host('c', ['0-1', '', ''])), undefined],
    [
      'no set is disjoint from an empty one',
      disjointDedicatedSets(),
      cloud(b, host('c', ['', '', ''])),
      'b: 2-3, c: none',
    ],
    [
      'shared sets are the same',
      differentSharedSets(),
      cloud(host('a', ['', '', '0-1']), host('b', ['2', '', '0-1'])),
      'a: 0-1, b: 0-1',
    ],
    [
      'shared sets differ',
      differentSharedSets(),
      cloud(host('a', ['', '', '0-1']), host('b', ['', '', '0-2'])),
      undefined,
    ],
    [
      'a host without a shared set has none to differ',
      differentSharedSets(),
      cloud(host('a', ['', '', '0-1']), host('b', ['0-2', '', ''])),
      'a: 0-1',
    ],
    ['microversions are numbers', microversion('2.9'), cloud(a), undefined],
    ['a microversion that is too high', microversion('2.100'), cloud(a), 'up to 2.93'],
    ['no host at all', freeDedicatedCpus({ perHost: 1 }), cloud(), 'no compute'],
  ])('%s', async (_, need, found, evidence) => {
    expect((await need.missing(found))?.evidence).toBe(evidence);
  });

  it('tell what may change in a moment from what will not', async () => {
    expect(await freeDedicatedCpus({ perHost: 2 }).missing(cloud(b))).toMatchObject({ transient: true });
    expect(await freeDedicatedCpus({ perHost: 3 }).missing(cloud(b))).toMatchObject({ transient: false });
  });

  it('say in words what they are', () => {
    expect(freeDedicatedCpus({ perHost: 2, hosts: 2 }).text).toBe(
      '2 computes with 2 free dedicated CPUs in one NUMA cell each',
    );
  });
});
