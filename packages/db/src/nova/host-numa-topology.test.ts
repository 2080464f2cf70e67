import { describe, expect, test } from 'vitest';
import { changed, madeByNova, parse, recordedComputeNodes } from '../testing/recorded.js';
import { readHostNumaTopology } from './host-numa-topology.js';

const made = (name: string) => readHostNumaTopology(parse(madeByNova.host_numa_topology[name]));

test('the hosts of a real cloud', () => {
  const [controller, compute1] = recordedComputeNodes().map(({ numa_topology }) =>
    readHostNumaTopology(parse(numa_topology)),
  );
  expect(controller!.cells[0]).toMatchObject({
    id: 0,
    cpuUsage: 0,
    socket: 0,
    tunneled: false,
    version: '1.5',
  });
  expect(controller!.cells[0]!.cpuset.toString()).toBe('2-3');
  expect(controller!.cells[0]!.pcpuset.toString()).toBe('0-1');
  expect(controller!.cells[0]!.pinnedCpus.toString()).toBe('0-1');
  expect(controller!.cells[0]!.siblings.map(String)).toEqual(['0', '1', '2', '3']);
  expect(controller!.cells[0]!.pages[0]).toMatchObject({ sizeKiB: 4, used: 32_768 });
  expect(compute1!.cells[0]!.pinnedCpus.isEmpty).toBe(true);
});

test('two cells with SMT, hugepages and networks', () => {
  const { cells } = made('two-cells-smt');
  expect(cells.map(({ id, socket }) => [id, socket])).toEqual([
    [0, 0],
    [1, 1],
  ]);
  expect(cells[0]!.pinnedCpus.toString()).toBe('1,9');
  expect(cells[0]!.siblings.map(String)).toEqual(['0,8', '1,9', '2,10', '3,11']);
  expect(cells[0]!.pages).toEqual([
    { sizeKiB: 4, total: 1_000_000, used: 262_144, reserved: 0 },
    { sizeKiB: 2048, total: 512, used: 100, reserved: 12 },
  ]);
  expect(cells[0]).toMatchObject({
    cpuUsage: 3,
    memoryMiB: 64_000,
    memoryUsageMiB: 1024,
    physnets: ['physnet1'],
    tunneled: true,
  });
});

describe('older versions', () => {
  test('1.4 knew no socket', () => {
    expect(made('cell-1.4').cells[0]).toMatchObject({ socket: null, version: '1.4' });
    expect(made('cell-1.4').cells[0]!.pcpuset.toString()).toBe('1-3,9-11');
  });

  test('1.3 knew one set of CPUs', () => {
    const cell = made('cell-1.3').cells[0]!;
    expect(cell.pcpuset.isEmpty).toBe(true);
    expect(cell.physnets).toEqual(['physnet1']);
  });

  test('1.2 knew no networks, and its pages no reservation', () => {
    const cell = made('cell-1.2').cells[0]!;
    expect(cell).toMatchObject({ physnets: [], tunneled: false });
    expect(cell.pages[1]).toEqual({ sizeKiB: 2048, total: 512, used: 100, reserved: 0 });
  });

  test('a dictionary from before Liberty', () => {
    const json = parse(
      '{"cells": [{"id": 0, "cpus": "0-3", "cpu_usage": 2, "mem": {"total": 1024, "used": 512}}]}',
    );
    expect(readHostNumaTopology(json).cells[0]).toMatchObject({
      id: 0,
      cpuUsage: 2,
      memoryMiB: 1024,
      memoryUsageMiB: 512,
      version: 'none',
    });
  });
});

describe('what a version must have', () => {
  interface Envelope {
    'nova_object.data': { cells: { 'nova_object.data': Record<string, unknown> }[] };
  }
  test.each(['cpuset', 'pcpuset', 'pinned_cpus', 'siblings', 'mempages', 'cpu_usage', 'memory'])(
    'a cell of 1.5 without %s is an error, not an empty set',
    (field) => {
      const json = changed(madeByNova.host_numa_topology['two-cells-smt'], (object: Envelope) => {
        object['nova_object.data'].cells[1]!['nova_object.data'] = Object.fromEntries(
          Object.entries(object['nova_object.data'].cells[1]!['nova_object.data']).filter(
            ([name]) => name !== field,
          ),
        );
      });
      expect(() => readHostNumaTopology(json)).toThrow(
        new RegExp(`nothing where .* should be at nova_object.data.cells\\[1\\].nova_object.data.${field}`),
      );
    },
  );

  test('a newer minor version is read as far as it is known', () => {
    const json = changed(madeByNova.host_numa_topology['two-cells-smt'], (object: Envelope) => {
      Object.assign(object['nova_object.data'].cells[0]!, { 'nova_object.version': '1.12' });
    });
    expect(readHostNumaTopology(json).cells[0]!.version).toBe('1.12');
  });
});
