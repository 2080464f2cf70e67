import { readFileSync } from 'node:fs';
import { LocalHost } from '@whitebox/host';
import { FakeHost } from '@whitebox/host/testing';
import { describe, expect, it } from 'vitest';
import { readCpuTopology } from './cpu-topology.js';
import { KernelError } from './errors.js';

const CPU = '/sys/devices/system/cpu';

/** Two sockets of two cores of two threads, as Intel numbers them: siblings are four apart. CPU 7 is offline. */
function twoSockets(): string {
  const online = [0, 1, 2, 3, 4, 5, 6];
  const lines = [
    `${CPU}/online:0-6`,
    `${CPU}/offline:7`,
    `${CPU}/possible:0-7`,
    `${CPU}/isolated:2,6`,
    '/sys/devices/system/node/node1/cpulist:1,3,5',
    '/sys/devices/system/node/node0/cpulist:0,2,4,6',
  ];
  for (const cpu of online) {
    const topology = `${CPU}/cpu${cpu}/topology`;
    const siblings = cpu === 3 ? '3' : cpu < 4 ? `${cpu},${cpu + 4}` : `${cpu - 4},${cpu}`;
    lines.push(`${topology}/physical_package_id:${cpu % 2}`, `${topology}/die_id:0`);
    lines.push(
      `${topology}/core_id:${Math.floor((cpu % 4) / 2)}`,
      `${topology}/thread_siblings_list:${siblings}`,
    );
    lines.push(`${CPU}/cpu${cpu}/cpufreq/scaling_governor:${cpu === 2 ? 'performance' : 'powersave'}`);
  }
  return `${lines.join('\n')}\n`;
}

describe('readCpuTopology', () => {
  it('reads sockets, cores, threads and nodes of the CPUs that are online', async () => {
    const topology = await readCpuTopology(new FakeHost().on('sh', twoSockets()));
    expect(String(topology.online)).toBe('0-6');
    expect(String(topology.offline)).toBe('7');
    expect(String(topology.possible)).toBe('0-7');
    expect(String(topology.isolated)).toBe('2,6');
    expect([...topology.cpus.keys()]).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const show = (id: number): unknown => JSON.parse(JSON.stringify(topology.cpus.get(id)));
    const common = { die: 0, governor: 'powersave' };
    expect(show(2)).toEqual({
      id: 2,
      socket: 0,
      core: 1,
      siblings: '2,6',
      numaNode: 0,
      die: 0,
      governor: 'performance',
    });
    expect(show(3)).toEqual({ id: 3, socket: 1, core: 1, siblings: '3', numaNode: 1, ...common });
    expect(show(5)).toEqual({ id: 5, socket: 1, core: 0, siblings: '1,5', numaNode: 1, ...common });
  });

  it('reads what a virtual machine of four CPUs said', async () => {
    const text = readFileSync(new URL('../testdata/cpus-four.txt', import.meta.url), 'utf8');
    const reply = {
      stdout: text,
      stderr: 'grep: .../scaling_governor: No such file or directory',
      exitCode: 2,
    };
    const topology = await readCpuTopology(new FakeHost().on('sh', reply));
    expect(String(topology.online)).toBe('0-3');
    expect(topology.offline.isEmpty).toBe(true);
    expect(topology.isolated.isEmpty).toBe(true);
    expect(topology.cpus.get(3)).toMatchObject({ socket: 0, core: 3, numaNode: 0, governor: undefined });
  });

  it('needs one command, whatever the number of CPUs', async () => {
    const host = new FakeHost().on('sh', twoSockets());
    await readCpuTopology(host);
    expect(host.commands).toHaveLength(1);
  });

  it('says which file is missing or odd instead of guessing', async () => {
    const without = twoSockets().replace(/.*cpu4\/topology\/core_id.*\n/, '');
    const missing = readCpuTopology(new FakeHost({ name: 'compute1' }).on('sh', without));
    await expect(missing).rejects.toThrow(KernelError);
    await expect(missing).rejects.toThrow(
      /read the CPU topology on compute1: .*cpu4\/topology\/core_id is not there/,
    );
    const odd = readCpuTopology(new FakeHost().on('sh', twoSockets().replace('online:0-6', 'online:0-x')));
    await expect(odd).rejects.toMatchObject({ code: 'WB_KERNEL_UNREADABLE' });
    await expect(odd).rejects.toThrow(/cpu\/online has "0-x"/);
    const nothing = readCpuTopology(new FakeHost().on('sh', { stderr: 'grep: no /sys', exitCode: 2 }));
    await expect(nothing).rejects.toThrow(/cpu\/online is not there \(grep: no \/sys\)/);
  });

  it('passes on the error of the machine', async () => {
    const host = new FakeHost().on('sh', '');
    host.fail('exec', 'connection-lost');
    await expect(readCpuTopology(host)).rejects.toMatchObject({ code: 'WB_HOST_CONNECTION_LOST' });
  });

  it.runIf(process.platform === 'linux')('reads this machine', async () => {
    const topology = await readCpuTopology(new LocalHost());
    expect(topology.online.size).toBeGreaterThan(0);
    expect(topology.online.isSubsetOf(topology.possible)).toBe(true);
    expect([...topology.cpus.keys()]).toEqual([...topology.online]);
    for (const { id, siblings } of topology.cpus.values()) expect(siblings.has(id)).toBe(true);
  });
});
