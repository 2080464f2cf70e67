import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { LocalHost } from '@whitebox/host';
import { describe, expect, it } from 'vitest';
import { readProcess } from './process.js';

async function starting(...argv: readonly string[]): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn('sleep', [...argv]);
  await once(child, 'spawn');
  return child as ChildProcess & { readonly pid: number };
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

describe.runIf(process.platform === 'linux')('readProcess', () => {
  const host = new LocalHost();

  it('tells the start time and the command line, and knows a process again', async () => {
    const child = await starting('600', '1');
    try {
      const first = await readProcess(host, { pid: child.pid });
      expect(first).toMatchObject({ pid: child.pid, name: 'sleep', commandLine: ['sleep', '600', '1'] });
      const again = await readProcess(host, { pid: child.pid });
      expect(again.startTicks).toBe(first.startTicks);
      const parent = await readProcess(host, { pid: process.pid });
      expect(parent.startTicks).toBeLessThanOrEqual(first.startTicks);
    } finally {
      await ended(child);
    }
  });

  it('keeps arguments apart, empty ones and such with line ends too', async () => {
    const argv = ['-c', 'while :; do sleep 1; done', '', 'two\nlines', '==command line==', ''];
    const child = spawn('sh', argv);
    await once(child, 'spawn');
    try {
      const { commandLine } = await readProcess(host, { pid: child.pid ?? 0 });
      expect(commandLine).toEqual(['sh', ...argv]);
    } finally {
      await ended(child);
    }
  });

  it('says when there is no such process', async () => {
    const child = await starting('600');
    await ended(child);
    await expect(readProcess(host, { pid: child.pid })).rejects.toMatchObject({
      code: 'WB_KERNEL_NO_PROCESS',
    });
  });

  it('says when there is no such domain', async () => {
    await expect(readProcess(host, { domain: 'whitebox no such $(domain)' })).rejects.toMatchObject({
      code: 'WB_KERNEL_NO_PROCESS',
      observed: expect.stringContaining('/run/libvirt/qemu/whitebox no such $(domain).pid') as unknown,
    });
  });

  it('ends at its deadline', async () => {
    const controller = new AbortController();
    controller.abort();
    const reading = readProcess(host, { pid: process.pid }, { signal: controller.signal });
    await expect(reading).rejects.toMatchObject({ code: 'WB_HOST_ABORTED' });
  });
});
