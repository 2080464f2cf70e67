import { describe, expect, it } from 'vitest';
import {
  cellOfCpu,
  cellsOf,
  coreOfCpu,
  cpusOf,
  distanceBetween,
  siblingsOf,
  socketOfCpu,
  topologyProblems,
  type HostTopology,
} from './host-topology.js';
import { twoSockets } from './two-sockets.js';

const shapes: readonly HostTopology[] = [
  twoSockets,
  { ...twoSockets, threadsPerCore: 1 },
  { ...twoSockets, sockets: 1, cellsPerSocket: 1, coresPerCell: 1 },
  { ...twoSockets, sockets: 1 },
  { ...twoSockets, sockets: 8, cellsPerSocket: 2, coresPerCell: 16 },
];

describe.each(shapes)(
  '$sockets sockets x $cellsPerSocket cells x $coresPerCell cores x $threadsPerCore',
  (topology) => {
    const cpus = cpusOf(topology);

    it('has every CPU in exactly one cell, numbered without a gap', () => {
      const byCell = cellsOf(topology).flatMap((cell) => cpusOf(topology, cell));
      expect(byCell.toSorted((a, b) => a - b)).toEqual(cpus);
      expect(cpus).toEqual(Array.from(cpus.keys()));
      expect(cpus).toHaveLength(
        topology.sockets * topology.cellsPerSocket * topology.coresPerCell * topology.threadsPerCore,
      );
    });

    it('has siblings that are each other’s, in one cell and socket, N and N + cores', () => {
      for (const cpu of cpus) {
        const siblings = siblingsOf(topology, cpu);
        expect(siblings).toContain(cpu);
        expect(siblings).toHaveLength(topology.threadsPerCore);
        for (const other of siblings) {
          expect(siblingsOf(topology, other)).toEqual(siblings);
          expect(cellOfCpu(topology, other)).toBe(cellOfCpu(topology, cpu));
          expect(socketOfCpu(topology, other)).toBe(socketOfCpu(topology, cpu));
          expect(coreOfCpu(topology, other)).toBe(coreOfCpu(topology, cpu));
        }
        if (topology.threadsPerCore === 2) {
          expect((siblings[1] ?? 0) - (siblings[0] ?? 0)).toBe(cpus.length / 2);
        }
      }
    });

    it('can be emulated', () => {
      expect(topologyProblems(topology)).toEqual([]);
    });
  },
);

describe('distances', () => {
  it('follow the sockets', () => {
    expect([0, 1, 2, 3].map((to) => distanceBetween(twoSockets, 0, to))).toEqual([10, 12, 32, 32]);
  });

  it('may be a table', () => {
    const ring = [
      [10, 20, 30, 20],
      [20, 10, 20, 30],
      [30, 20, 10, 20],
      [20, 30, 20, 10],
    ];
    const topology = { ...twoSockets, distances: ring };
    expect(distanceBetween(topology, 0, 2)).toBe(30);
    expect(topologyProblems(topology)).toEqual([]);
  });
});

describe('what cannot be emulated', () => {
  it.each<[string, Partial<HostTopology>, RegExp]>([
    ['no cores', { coresPerCell: 0 }, /coresPerCell is 0/],
    ['half a socket', { sockets: 0.5 }, /sockets is 0.5/],
    ['too many CPUs', { coresPerCell: 100 }, /800 CPUs are more than the 512/],
    ['too many cells', { cellsPerSocket: 9, coresPerCell: 1 }, /18 cells/],
    ['hugepages that do not fit', { memoryMiBPerCell: 3072 }, /leave 0 MiB of each cell's 3072/],
    ['a size twice', { hugepages: [1, 2].map((perCell) => ({ sizeKiB: 2048, perCell })) }, /named twice/],
    ['a negative pool', { hugepages: [{ sizeKiB: 2048, perCell: -1 }] }, /-1 hugepages/],
    ['cells that touch', { distances: { sameSocket: 10, otherSocket: 20 } }, /from 11 to 254/],
    ['a table of another size', { distances: [[10]] }, /4 rows of 4/],
    [
      'a one-way street',
      {
        cellsPerSocket: 1,
        distances: [
          [10, 20],
          [21, 10],
        ],
      },
      /symmetric/,
    ],
  ])('%s', (_name, change, expected) => {
    expect(topologyProblems({ ...twoSockets, ...change }).join('\n')).toMatch(expected);
  });
});
