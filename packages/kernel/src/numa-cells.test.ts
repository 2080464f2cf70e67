import { readFileSync } from 'node:fs';
import { FakeHost } from '@whitebox/host/testing';
import { describe, expect, it } from 'vitest';
import { readNumaCells } from './numa-cells.js';

const NODE = '/sys/devices/system/node';

/** Two nodes, of which one has the number 8 (as on POWER), with huge pages of two sizes on the first. */
const twoNodes = [
  `${NODE}/online:0,8`,
  `${NODE}/node0/cpulist:0-3`,
  `${NODE}/node8/cpulist:`,
  `${NODE}/node0/meminfo:Node 0 MemTotal:       65855540 kB`,
  `${NODE}/node0/meminfo:Node 0 MemFree:        12345678 kB`,
  `${NODE}/node8/meminfo:Node 8 MemTotal:       1024 kB`,
  `${NODE}/node8/meminfo:Node 8 MemFree:        0 kB`,
  `${NODE}/node0/distance:10 40`,
  `${NODE}/node8/distance:40 10`,
  `${NODE}/node0/hugepages/hugepages-1048576kB/nr_hugepages:4`,
  `${NODE}/node0/hugepages/hugepages-1048576kB/free_hugepages:1`,
  `${NODE}/node0/hugepages/hugepages-1048576kB/surplus_hugepages:0`,
  `${NODE}/node0/hugepages/hugepages-2048kB/nr_hugepages:512`,
  `${NODE}/node0/hugepages/hugepages-2048kB/free_hugepages:500`,
  `${NODE}/node0/hugepages/hugepages-2048kB/surplus_hugepages:2`,
].join('\n');

describe('readNumaCells', () => {
  it('reads CPUs, memory, huge pages of each size and distances', async () => {
    const host = new FakeHost().on('sh', twoNodes);
    const cells = await readNumaCells(host);
    expect(host.commands).toHaveLength(1);
    expect(cells.map(({ id, memoryKib, freeKib }) => [id, memoryKib, freeKib])).toEqual([
      [0, 65_855_540, 12_345_678],
      [8, 1024, 0],
    ]);
    expect(cells.map(({ cpus }) => String(cpus))).toEqual(['0-3', '']);
    expect([...(cells[0]?.hugepages ?? [])]).toEqual([
      [2048, { total: 512, free: 500, surplus: 2 }],
      [1_048_576, { total: 4, free: 1, surplus: 0 }],
    ]);
    expect(cells[1]?.hugepages.size).toBe(0);
    expect([...(cells[1]?.distances ?? [])]).toEqual([
      [0, 40],
      [8, 10],
    ]);
  });

  it('reads what a machine with 48 huge pages in use said', async () => {
    const text = readFileSync(new URL('../testdata/numa-one-node.txt', import.meta.url), 'utf8');
    const cells = await readNumaCells(new FakeHost().on('sh', text));
    expect(cells).toHaveLength(1);
    expect(String(cells[0]?.cpus)).toBe('0-3');
    expect(cells[0]?.hugepages.get(2048)).toEqual({ total: 48, free: 16, surplus: 0 });
    expect([...(cells[0]?.distances ?? [])]).toEqual([[0, 10]]);
  });

  it.each([
    ['a node without memory information', /.*node8\/meminfo.*\n/g, ''],
    ['distances that do not fit the nodes', 'distance:40 10', 'distance:40 10 20'],
    ['a pool without its free pages', /.*free_hugepages.*\n/g, ''],
  ])('does not make up %s', async (_, what, instead) => {
    const reading = readNumaCells(new FakeHost().on('sh', twoNodes.replaceAll(what, instead)));
    await expect(reading).rejects.toMatchObject({ code: 'WB_KERNEL_UNREADABLE' });
  });

  it('says so on a kernel without NUMA', async () => {
    const reply = { stderr: 'grep: /sys/devices/system/node/online: No such file or directory', exitCode: 2 };
    await expect(readNumaCells(new FakeHost().on('sh', reply))).rejects.toThrow(/node\/online is not there/);
  });
});
