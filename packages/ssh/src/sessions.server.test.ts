import { countProcesses } from '@whitebox/host/testing';
import { describe, expect, it } from 'vitest';
import { asRoot, runText } from '@whitebox/host';
import { existsSync } from 'node:fs';
import { SshHost } from './ssh-host.js';
import { hasSshd, startSshd } from './test-support/sshd.js';

describe.skipIf(!hasSshd)('many programs at once (needs /usr/sbin/sshd)', () => {
  it.each([1, 2, 3, 10])('never fails on a server with MaxSessions %i', async (maximum) => {
    await using sshd = await startSshd([`MaxSessions ${String(maximum)}`]);
    await using host = await SshHost.connect('127.0.0.1', sshd.options);
    await host.readFile('/etc/hostname');
    const numbers = Array.from({ length: 25 }, (_, index) => String(index));
    const texts = await Promise.all(
      numbers.map((number) => runText(host, ['sh', '-c', `sleep 0.05; echo ${number}`])),
    );
    expect(texts).toEqual(numbers.map((number) => `${number}\n`));
    // Files are read all the same, in whatever way is left.
    expect(Buffer.from(await host.readFile('/proc/self/comm')).toString()).not.toBe('');
  });

  it('runs no more at once than it was told', async () => {
    await using sshd = await startSshd();
    await using host = await SshHost.connect('127.0.0.1', { ...sshd.options, maxChannels: 2 });
    // Time and mark of a program that forks nothing: what a shell has just forked would look like one more.
    const word = `0.3${String(process.pid)}`;
    const most: number[] = [];
    const running = Promise.all(Array.from({ length: 6 }, () => host.exec(['sleep', word])));
    const state = { over: false };
    void running.finally(() => (state.over = true));
    while (!state.over) {
      most.push(await countProcesses(word));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await running;
    expect(Math.max(...most)).toBe(2);
  });

  it.each([
    [1, 1],
    [2, 1],
    [10, 8],
  ])(
    'ends programs although all sessions are taken (MaxSessions %i, %i programs)',
    async (maximum, count) => {
      await using sshd = await startSshd([`MaxSessions ${String(maximum)}`]);
      const word = `wbfull${String(process.pid)}x${String(maximum)}`;
      for (const wrap of [(host: SshHost) => host, ...(existsSync('/usr/bin/sudo') ? [asRoot] : [])]) {
        await using ssh = await SshHost.connect('127.0.0.1', sshd.options);
        const host = wrap(ssh);
        const controller = new AbortController();
        const pending = Array.from({ length: count }, () =>
          host.exec(['sh', '-c', `: ${word}; sleep 600; :`], { signal: controller.signal }),
        );
        const results = Promise.allSettled(pending);
        while ((await countProcesses(word)) < count) await new Promise((resolve) => setTimeout(resolve, 50));
        const waiting = host.exec(['true'], { signal: controller.signal });
        waiting.catch(() => undefined);
        controller.abort();
        for (const result of await results) {
          expect(result).toMatchObject({ reason: { code: 'WB_HOST_ABORTED' } });
          expect(String((result as PromiseRejectedResult).reason)).not.toContain('could not be ended');
        }
        await expect(waiting).rejects.toMatchObject({ code: 'WB_HOST_ABORTED' });
        expect(await countProcesses(word)).toBe(0);
      }
    },
  );

  it('says that a server opens no session at all', async () => {
    await using sshd = await startSshd(['MaxSessions 0']);
    await using host = await SshHost.connect('127.0.0.1', sshd.options);
    await expect(host.exec(['true'])).rejects.toMatchObject({
      code: 'WB_HOST_FAILED',
      message: expect.stringContaining('opens no session') as string,
    });
  });
});
