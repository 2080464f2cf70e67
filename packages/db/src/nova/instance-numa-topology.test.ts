import { describe, expect, test } from 'vitest';
import { changed, madeByNova, parse, recordedServer } from '../testing/recorded.js';
import { pinnedCpus, readInstanceNumaTopology, reservedCpus, vcpuPinning } from './instance-numa-topology.js';

const read = (text: string | null | undefined) => readInstanceNumaTopology(parse(text));
const recorded = (kind: string) => read(recordedServer(kind).instance_extra.numa_topology);
const made = (name: string) => read(madeByNova.instance_numa_topology[name]);
const plain = (cell: {
  cpuset: Iterable<number>;
  pcpuset: Iterable<number>;
  cpuPinning: Iterable<unknown>;
}) => ({
  cpuset: [...cell.cpuset],
  pcpuset: [...cell.pcpuset],
  cpuPinning: [...cell.cpuPinning],
});

interface Envelope {
  'nova_object.name': string;
  'nova_object.version': string;
  'nova_object.data': Record<string, unknown> & { cells: Envelope[] };
}

describe('servers of a real cloud', () => {
  test('dedicated CPUs', () => {
    const topology = recorded('dedicated');
    expect(topology).toMatchObject({ version: '1.3', emulatorThreadsPolicy: null });
    expect(topology.cells).toHaveLength(1);
    expect(topology.cells[0]).toMatchObject({
      id: 0,
      memoryMiB: 128,
      pagesizeKiB: null,
      cpuPolicy: 'dedicated',
      cpuThreadPolicy: null,
      version: '1.6',
    });
    expect(plain(topology.cells[0]!)).toEqual({
      cpuset: [],
      pcpuset: [0, 1],
      cpuPinning: [
        [0, 0],
        [1, 1],
      ],
    });
    expect(pinnedCpus(topology).ids).toEqual([0, 1]);
    expect(reservedCpus(topology).isEmpty).toBe(true);
    expect(topology.raw).toEqual(JSON.parse(recordedServer('dedicated').instance_extra.numa_topology!));
  });

  test('floating CPUs on a NUMA cell', () => {
    const topology = recorded('shared-numa');
    expect(plain(topology.cells[0]!)).toEqual({ cpuset: [0, 1], pcpuset: [], cpuPinning: [] });
    expect(topology.cells[0]!.cpuPolicy).toBeNull();
    expect(pinnedCpus(topology).isEmpty).toBe(true);
  });

  test('isolated emulator threads', () => {
    const topology = recorded('isolate');
    expect(topology.emulatorThreadsPolicy).toBe('isolate');
    expect(topology.cells[0]!.cpuThreadPolicy).toBe('prefer');
    expect(pinnedCpus(topology).ids).toEqual([0]);
    expect(reservedCpus(topology).ids).toEqual([1]);
  });

  test('a mix of floating and pinned CPUs', () => {
    const topology = recorded('mixed');
    expect(topology.cells[0]!.cpuPolicy).toBe('mixed');
    expect(plain(topology.cells[0]!)).toEqual({ cpuset: [0], pcpuset: [1], cpuPinning: [[1, 0]] });
  });

  test('pages of a size', () => {
    const topology = recorded('small-pages');
    expect(topology.cells[0]).toMatchObject({ pagesizeKiB: 4, pagesizeWish: null });
    expect([...vcpuPinning(topology)]).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });
});

describe('objects that Nova wrote', () => {
  test('two cells: the order is that of the guest, the ids are those of the host', () => {
    const topology = made('two-cells');
    expect(topology.cells.map(({ id }) => id)).toEqual([1, 0]);
    expect(topology.cells.map(({ memoryMiB, pagesizeKiB }) => [memoryMiB, pagesizeKiB])).toEqual([
      [1024, 2048],
      [512, 1_048_576],
    ]);
    expect(Object.fromEntries(vcpuPinning(topology))).toEqual({ 0: 10, 1: 11, 2: 4, 3: 5 });
    expect(pinnedCpus(topology).ids).toEqual([4, 5, 10, 11]);
    expect(reservedCpus(topology).ids).toEqual([12]);
  });

  test('a claim that was aborted has no host cell and no pins', () => {
    const topology = made('aborted-claim');
    expect(topology.cells[0]!.id).toBe(-1);
    expect(pinnedCpus(topology).isEmpty).toBe(true);
    expect(topology.cells[0]!.pcpuset.ids).toEqual([0]);
  });

  test.each(['cell-1.4', 'cell-1.3', 'cell-1.2'])('%s: pinned vCPUs were in cpuset', (name) => {
    const topology = made(name);
    expect(topology.cells.map(plain)).toEqual(made('two-cells').cells.map(plain));
    expect(topology.cells[0]!.version).toBe(name.slice(5));
    expect(topology.cells[0]!.cpuPolicy).toBe(name === 'cell-1.2' ? null : 'dedicated');
    expect(reservedCpus(topology).ids).toEqual(name === 'cell-1.4' ? [12] : []);
  });

  test('cell-1.4-shared: floating vCPUs stay in cpuset', () => {
    expect(plain(made('cell-1.4-shared').cells[0]!)).toEqual({ cpuset: [0, 1], pcpuset: [], cpuPinning: [] });
  });

  test.each(['dedicated', 'mixed'])(
    'a %s cell with the new content under the old version (lp#2097360)',
    (kind) => {
      const stale = changed(recordedServer(kind).instance_extra.numa_topology!, (object: Envelope) => {
        object['nova_object.data'].cells[0]!['nova_object.version'] = '1.4';
      });
      expect(plain(readInstanceNumaTopology(stale).cells[0]!)).toEqual(plain(recorded(kind).cells[0]!));
    },
  );
});

describe('objects that are older or newer', () => {
  test('a newer minor version is read as far as it is known, and kept whole', () => {
    const json = changed(madeByNova.instance_numa_topology['two-cells'], (object: Envelope) => {
      object['nova_object.version'] = '1.9';
      object['nova_object.data']['a_new_field'] = { x: 1 };
      object['nova_object.data'].cells[0]!['nova_object.version'] = '1.17';
      object['nova_object.data'].cells[0]!['nova_object.data']['cpu_policy'] = 'a-new-policy';
    });
    const topology = readInstanceNumaTopology(json);
    expect(topology.version).toBe('1.9');
    expect(topology.cells[0]).toMatchObject({ version: '1.17', cpuPolicy: 'a-new-policy' });
    expect(pinnedCpus(topology).ids).toEqual([4, 5, 10, 11]);
    expect(topology.raw).toBe(json.value);
  });

  test.each(['0.9', '2.0', '10.1'])('another major version, %s, is an error that says so', (version) => {
    for (const break_ of [
      (object: Envelope) => (object['nova_object.version'] = version),
      (object: Envelope) => (object['nova_object.data'].cells[1]!['nova_object.version'] = version),
    ]) {
      const json = changed(madeByNova.instance_numa_topology['two-cells'], break_);
      expect(() => readInstanceNumaTopology(json)).toThrow(
        expect.objectContaining({
          code: 'WB_NOVA_DB_OBJECT_VERSION',
          observed: expect.stringContaining(`of version ${version}`) as string,
        }),
      );
    }
  });

  test('a dictionary from before Liberty', () => {
    const topology = read(
      '{"cells": [{"id": 1, "cpus": "0-3,^2", "mem": {"total": 512}, "pagesize": 2048}]}',
    );
    expect(topology.version).toBe('none');
    expect(topology.cells[0]).toMatchObject({ id: 1, memoryMiB: 512, pagesizeKiB: 2048 });
    expect(plain(topology.cells[0]!)).toEqual({ cpuset: [0, 1, 3], pcpuset: [], cpuPinning: [] });
  });
});

describe('what is not what it says is an error with table, row, column and field', () => {
  const cases: [string, (object: Envelope) => void, RegExp][] = [
    [
      'another object',
      (o) => (o['nova_object.name'] = 'NUMATopology'),
      /"NUMATopology" where InstanceNUMATopology/,
    ],
    ['no version', (o) => (o['nova_object.version'] = 'new'), /"new" is no version at nova_object.version/],
    [
      'no cells',
      (o) => delete (o['nova_object.data'] as { cells?: unknown }).cells,
      /nothing where a list should be at nova_object.data.cells/,
    ],
    [
      'a text for a set',
      (o) => (cell(o)['cpuset'] = '0-1'),
      /"0-1" where a list should be at .*cells\[0\].*cpuset/,
    ],
    ['a negative CPU', (o) => (cell(o)['cpuset'] = [-1]), /-1 where a number from 0/],
    ['half a CPU', (o) => (cell(o)['pcpuset'] = [0.5]), /0\.5 where an integer/],
    ['a CPU beyond any', (o) => (cell(o)['pcpuset'] = [99_999]), /16383/],
    ['no pcpuset at 1.6', (o) => delete cell(o)['pcpuset'], /nothing where a list should be at .*pcpuset/],
    ['no id', (o) => delete cell(o)['id'], /nothing where an integer should be at .*\.id/],
    ['a pin of a name', (o) => (cell(o)['cpu_pinning_raw'] = { x: 1 }), /"x" is no vCPU/],
    [
      'a pin to nothing',
      (o) => (cell(o)['cpu_pinning_raw'] = { 0: null }),
      /null where an integer should be/,
    ],
    ['a pin that is a list', (o) => (cell(o)['cpu_pinning_raw'] = [1]), /\[1\] where an object should be/],
    ['a page size below nothing', (o) => (cell(o)['pagesize'] = -4), /-4 where a number from 0.*pagesize/],
    ['memory as text', (o) => (cell(o)['memory'] = '512'), /"512" where an integer should be at .*memory/],
    ['a number as policy', (o) => (cell(o)['cpu_policy'] = 1), /1 where a text should be at .*cpu_policy/],
  ];
  const cell = (object: Envelope) => object['nova_object.data'].cells[0]!['nova_object.data'];

  test.each(cases)('%s', (_name, change, message) => {
    const json = changed(madeByNova.instance_numa_topology['two-cells'], change);
    expect(() => readInstanceNumaTopology(json)).toThrow(message);
    expect(() => readInstanceNumaTopology(json)).toThrow(
      expect.objectContaining({
        code: 'WB_NOVA_DB_VALUE',
        action: 'read instance_extra.numa_topology of the row with id 12',
      }),
    );
  });

  test.each(['', '{', 'None', '[1', "{'a': 1}"])('no JSON: %j', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'WB_NOVA_DB_VALUE' }));
  });

  test.each(['[]', '1', '"x"', '{}'])('JSON of something else: %s', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'WB_NOVA_DB_VALUE' }));
  });
});
