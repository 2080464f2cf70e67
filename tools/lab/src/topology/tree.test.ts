import { CpuSet } from '@whitebox/core';
import { describe, expect, it } from 'vitest';
import { cellOfCpu, cellsOf, cpusOf, type HostTopology } from './host-topology.js';
import { machineConfiguration, nspawnStart, tmpfilesLine, topologyFiles } from './topology-files.js';
import { formatCpuMap, topologyTree } from './tree.js';
import { twoSockets } from './two-sockets.js';

const shapes: readonly HostTopology[] = [
  twoSockets,
  { ...twoSockets, threadsPerCore: 1 },
  { ...twoSockets, sockets: 1, cellsPerSocket: 1, coresPerCell: 4, hugepages: [] },
  { ...twoSockets, sockets: 4, coresPerCell: 8 },
];

/** The tree as a process sees it, links followed. */
class Tree {
  readonly #entries: ReadonlyMap<string, ReturnType<typeof topologyTree>[number]>;

  constructor(topology: HostTopology) {
    this.#entries = new Map(topologyTree(topology).map((entry) => [entry.path, entry]));
  }

  has(path: string): boolean {
    return this.#entries.has(path);
  }

  read(path: string): string {
    const entry = this.#entries.get(path);
    if (entry === undefined || 'target' in entry) throw new Error(`no file ${path}`);
    return entry.content;
  }

  number(path: string): number {
    return Number(this.read(path));
  }

  list(path: string): readonly number[] {
    return CpuSet.parse(this.read(path), 'kernel').ids;
  }

  map(path: string): number[] {
    const bits = BigInt(`0x${this.read(path).trim().replaceAll(',', '')}`);
    return Array.from({ length: bits.toString(2).length }, (_, cpu) => cpu).filter(
      (cpu) => ((bits >> BigInt(cpu)) & 1n) === 1n,
    );
  }

  /** Where a link leads, as a path in the tree. */
  target(path: string): string {
    const entry = this.#entries.get(path);
    if (entry === undefined || 'content' in entry) throw new Error(`no link ${path}`);
    return new URL(entry.target, `tree:/${path}`).pathname.slice(1);
  }
}

describe.each(shapes)(
  'tree of $sockets sockets x $cellsPerSocket cells x $coresPerCell cores x $threadsPerCore',
  (topology) => {
    const tree = new Tree(topology);
    const cpus = cpusOf(topology);
    const cells = cellsOf(topology);

    it('names every path once', () => {
      const paths = topologyTree(topology).map(({ path }) => path);
      expect(new Set(paths).size).toBe(paths.length);
    });

    it('has every CPU in exactly one cell, and links both ways', () => {
      expect(
        cells.flatMap((cell) => tree.list(`node/node${cell}/cpulist`)).toSorted((a, b) => a - b),
      ).toEqual(cpus);
      for (const cpu of cpus) {
        const cell = cellOfCpu(topology, cpu);
        expect(tree.list(`node/node${cell}/cpulist`)).toContain(cpu);
        expect(tree.target(`cpu/cpu${cpu}/node${cell}`)).toBe(`node/node${cell}`);
        expect(tree.target(`node/node${cell}/cpu${cpu}`)).toBe(`cpu/cpu${cpu}`);
      }
    });

    it('says the same in a list and in its map', () => {
      for (const { path } of topologyTree(topology)) {
        if (path.endsWith('_list') && !path.endsWith('shared_cpu_list')) {
          expect(tree.map(path.slice(0, -'_list'.length)), path).toEqual(tree.list(path));
        }
        if (path.endsWith('list') && tree.has(path.replace(/list$/, 'map'))) {
          expect(tree.map(path.replace(/list$/, 'map')), path).toEqual(tree.list(path));
        }
      }
      expect(tree.list('cpu/online')).toEqual(cpus);
      expect(tree.list('cpu/present')).toEqual(cpus);
    });

    it('has siblings and packages that agree with the numbers of cores and sockets', () => {
      const socket = (cpu: number) => tree.number(`cpu/cpu${cpu}/topology/physical_package_id`);
      const core = (cpu: number) => tree.number(`cpu/cpu${cpu}/topology/core_id`);
      for (const cpu of cpus) {
        const inSocket = cpus.filter((other) => socket(other) === socket(cpu));
        expect(tree.list(`cpu/cpu${cpu}/topology/package_cpus_list`)).toEqual(inSocket);
        expect(tree.list(`cpu/cpu${cpu}/topology/thread_siblings_list`)).toEqual(
          inSocket.filter((other) => core(other) === core(cpu)),
        );
        expect(tree.list(`cpu/cpu${cpu}/topology/thread_siblings_list`)).toHaveLength(
          topology.threadsPerCore,
        );
      }
    });

    it('lets caches belong to cores and to cells, and gives them the size they claim', () => {
      for (const cpu of cpus) {
        for (const index of [0, 1, 2, 3]) {
          const cache = `cpu/cpu${cpu}/cache/index${index}`;
          const shared = tree.list(`${cache}/shared_cpu_list`);
          expect(shared).toEqual(
            index < 3
              ? tree.list(`cpu/cpu${cpu}/topology/thread_siblings_list`)
              : cpusOf(topology, cellOfCpu(topology, cpu)),
          );
          const parts = ['number_of_sets', 'ways_of_associativity', 'coherency_line_size'];
          const bytes = parts.reduce((product, part) => product * tree.number(`${cache}/${part}`), 1);
          expect(tree.read(`${cache}/size`)).toBe(`${bytes / 1024}K\n`);
        }
      }
    });

    it('has symmetric distances, 10 to itself', () => {
      const rows = cells.map((cell) => tree.read(`node/node${cell}/distance`).trim().split(' ').map(Number));
      for (const from of cells) {
        expect(rows[from]).toHaveLength(cells.length);
        expect(rows[from]?.[from]).toBe(10);
        for (const to of cells) expect(rows[from]?.[to]).toBe(rows[to]?.[from]);
      }
    });

    it('has as many hugepages as its cells together', () => {
      for (const { sizeKiB, perCell } of topology.hugepages) {
        const folder = `hugepages/hugepages-${sizeKiB}kB/`;
        const sum = cells.reduce(
          (total, cell) => total + tree.number(`node/node${cell}/${folder}nr_hugepages`),
          0,
        );
        expect(sum).toBe(perCell * cells.length);
        expect(tree.number(`${folder}nr_hugepages`)).toBe(sum);
      }
      const usual = tree.has('hugepages/hugepages-2048kB/nr_hugepages');
      expect(tree.number('vm/nr_hugepages')).toBe(
        usual ? tree.number('hugepages/hugepages-2048kB/nr_hugepages') : 0,
      );
    });

    it('can take every CPU but the first offline, and set the governor of each', () => {
      for (const cpu of cpus) {
        expect(tree.has(`cpu/cpu${cpu}/online`)).toBe(cpu !== 0);
        const governors = tree.read(`cpu/cpu${cpu}/cpufreq/scaling_available_governors`).trim().split(' ');
        expect(governors).toContain(tree.read(`cpu/cpu${cpu}/cpufreq/scaling_governor`).trim());
      }
    });

    it('agrees with what the supervisor is told', () => {
      const lines = machineConfiguration(topology).trimEnd().split('\n');
      const described = lines.flatMap((line) => {
        const numbers = /^cpu (\d+) cell (\d+) socket (\d+) core (\d+)$/.exec(line)?.slice(1).map(Number);
        return numbers === undefined ? [] : [numbers];
      });
      expect(described.map(([cpu]) => cpu)).toEqual(cpus);
      for (const [cpu = -1, cell = -1, socket, core] of described) {
        expect(tree.list(`node/node${cell}/cpulist`)).toContain(cpu);
        expect(tree.number(`cpu/cpu${cpu}/topology/physical_package_id`)).toBe(socket);
        expect(tree.number(`cpu/cpu${cpu}/topology/core_id`)).toBe(core);
      }
      const memory = lines.filter((line) => line.startsWith('cell '));
      expect(memory).toEqual(
        cells.map((cell) => `cell ${cell} memory-kib ${topology.memoryMiBPerCell * 1024}`),
      );
      expect(lines.length).toBe(cpus.length + cells.length + topology.hugepages.length);
    });
  },
);

describe('a mask', () => {
  it.each<[number[], number, string]>([
    [[0, 3], 4, '9'],
    [[0, 15], 16, '8001'],
    [[31], 32, '80000000'],
    [[0, 33], 40, '02,00000001'],
    [[63], 64, '80000000,00000000'],
  ])('of %j in %i bits is %s', (cpus, bits, expected) => {
    expect(formatCpuMap(cpus, bits)).toBe(expected);
  });
});

describe('files of a host', () => {
  it('are two, one line for each entry of the tree', () => {
    const [machine, tree] = topologyFiles(twoSockets);
    expect([machine?.path, tree?.path]).toEqual([
      '/etc/lab-topology/machine.conf',
      '/etc/lab-topology/tree.conf',
    ]);
    expect(tree?.content.trimEnd().split('\n')).toHaveLength(topologyTree(twoSockets).length);
  });

  it('are written as systemd-tmpfiles reads them', () => {
    expect(tmpfilesLine({ path: 'a', content: '100% of C:\\\nb\n' })).toBe(
      'f+ /run/lab-topology/tree/a 0644 root root - 100%% of C:\\\\\\nb\\n',
    );
    expect(tmpfilesLine({ path: 'a', target: '../b' })).toBe('L+ /run/lab-topology/tree/a - - - - ../b');
  });
});

describe('the start of a host', () => {
  it('goes through the emulator only with a topology', () => {
    expect(nspawnStart(undefined)).toEqual(['--boot']);
    expect(nspawnStart(twoSockets)).toContain('/usr/local/sbin/lab-topology');
    expect(nspawnStart(twoSockets)).not.toContain('--boot');
  });
});
