import { CpuSet } from '@whitebox/core';
import { FakeHost } from '@whitebox/host/testing';
import { readCpuTopology } from '@whitebox/kernel';
import { describe, expect, it } from 'vitest';
import { powerProblems, type PowerStrategy } from './cpu-power.js';

const root = '/sys/devices/system/cpu';
const governors: PowerStrategy = { name: 'governor', low: 'powersave', high: 'performance' };
const states: PowerStrategy = { name: 'cpu_state' };

interface Tree {
  readonly online: string;
  readonly offline?: string;
  /** CPUs with governor performance; the others have powersave. */
  readonly performance?: string;
}

/** A machine with eight CPUs, as its sysfs has them. */
function machine({ online, offline = '', performance }: Tree): FakeHost {
  const fast = CpuSet.parse(performance ?? '', 'kernel');
  const each = [...CpuSet.parse(online, 'kernel')].flatMap((cpu) => [
    `${root}/cpu${cpu}/topology/physical_package_id:0`,
    `${root}/cpu${cpu}/topology/core_id:${cpu}`,
    `${root}/cpu${cpu}/topology/thread_siblings_list:${cpu}`,
    ...(performance === undefined
      ? []
      : [`${root}/cpu${cpu}/cpufreq/scaling_governor:${fast.has(cpu) ? 'performance' : 'powersave'}`]),
  ]);
  const whole = [`${root}/online:${online}`, `${root}/offline:${offline}`, `${root}/possible:0-7`];
  return new FakeHost().on('sh', [...whole, ...each].join('\n'));
}

async function problems(
  tree: Tree,
  strategy: PowerStrategy,
  held: string,
  dedicated = '0-3',
): Promise<string[]> {
  const set = (text: string): CpuSet => CpuSet.parse(text, 'kernel');
  const host = { dedicated: set(dedicated), shared: set('4-7'), held: set(held) };
  return powerProblems(await readCpuTopology(machine(tree)), strategy, host);
}

describe('powerProblems, by taking CPUs offline', () => {
  it.each([
    ['nobody has a CPU', { online: '0,4-7', offline: '1-3' }, ''],
    ['a guest has one', { online: '0,2,4-7', offline: '1,3' }, '2'],
    ['a guest has CPU 0', { online: '0,4-7', offline: '1-3' }, '0'],
    ['guests have all', { online: '0-7' }, '0-3'],
  ])('finds none where %s', async (_name, tree, held) => {
    expect(await problems(tree, states, held)).toEqual([]);
  });

  it('finds a CPU of a guest, or of its emulator, that is offline', async () => {
    expect(await problems({ online: '0,2,4-7', offline: '1,3' }, states, '2-3')).toEqual([
      'CPU 3, held by a guest, is offline; expected up',
    ]);
  });

  it('finds a CPU that stays up when its guest is gone', async () => {
    expect(await problems({ online: '0,2,4-7', offline: '1,3' }, states, '')).toEqual([
      'CPU 2, free, is online; expected down',
    ]);
  });

  it('finds a shared CPU that is offline', async () => {
    expect(await problems({ online: '0,4-6', offline: '1-3,7' }, states, '')).toEqual([
      'CPU 7, shared, is offline; expected up',
    ]);
  });

  it('finds a CPU of the set that the machine does not have', async () => {
    expect(await problems({ online: '0,4-7', offline: '1-2' }, states, '')).toEqual([
      'CPU 3, free, is neither online nor offline; expected down',
    ]);
  });

  it('never passes over nothing', async () => {
    expect(await problems({ online: '0-7' }, states, '', '')).toHaveLength(1);
  });
});

describe('powerProblems, by governors', () => {
  it('finds none where only the CPUs of guests are fast', async () => {
    expect(await problems({ online: '0-7', performance: '2' }, governors, '2')).toEqual([]);
  });

  it('finds slow CPUs of guests, fast ones of nobody, and those without a governor', async () => {
    expect(await problems({ online: '0-7', performance: '3' }, governors, '2')).toEqual([
      'CPU 2, held by a guest, is with governor powersave; expected up',
      'CPU 3, free, is with governor performance; expected down',
    ]);
    expect(await problems({ online: '0-7' }, governors, '', '1')).toEqual([
      'CPU 1, free, is without a governor; expected down',
    ]);
  });

  it('takes no CPU that is offline for one that is powered down', async () => {
    expect(await problems({ online: '0-2,4-7', offline: '3', performance: '' }, governors, '')).toEqual([
      'CPU 3, free, is offline; expected down',
    ]);
  });
});
