import { LocalHost } from '@whitebox/host';
import { FakeHost } from '@whitebox/host/testing';
import { describe, expect, it } from 'vitest';
import { readLockedMemory } from './locked-memory.js';

const stat = `7 (qemu-system-x86) S 1 7 7 0 -1 0 ${'0 '.repeat(42)}0`;

function machine(status: string): FakeHost {
  const lines = status.split('\n').map((line) => `status:${line}`);
  return new FakeHost().on(
    'sh',
    ['pid:7', `stat:${stat}`, ...lines, '==command line==', 'qemu\0'].join('\n'),
  );
}

describe('readLockedMemory', () => {
  it('reads what a process has locked', async () => {
    const host = machine('Name:\tqemu\nVmLck:\t  131072 kB\nVmPin:\t 0 kB');
    expect(await readLockedMemory(host, { pid: 7 })).toBe(131_072);
  });

  it('takes no other line for it', async () => {
    await expect(readLockedMemory(machine('VmPin:\t 5 kB'), { pid: 7 })).rejects.toMatchObject({
      code: 'WB_KERNEL_UNREADABLE',
    });
  });

  it.runIf(process.platform === 'linux')('reads a process of this machine', async () => {
    expect(await readLockedMemory(new LocalHost(), { pid: process.pid })).toBeGreaterThanOrEqual(0);
  });
});
