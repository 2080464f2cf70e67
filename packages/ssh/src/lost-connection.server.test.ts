import { readFile } from 'node:fs/promises';
import { asRoot } from '@whitebox/host';
import { describe, expect, it } from 'vitest';
import { SshHost } from './ssh-host.js';
import { hasSshd, startSshd } from './test-support/sshd.js';

const lost = { code: 'WB_HOST_CONNECTION_LOST' };

describe.skipIf(!hasSshd)('a lost connection (needs /usr/sbin/sshd)', () => {
  it('fails everything that is pending when the server dies, and everything after that', async () => {
    await using sshd = await startSshd();
    await using host = await SshHost.connect('127.0.0.1', { ...sshd.options, name: 'c1' });
    const running = host.exec(['sh', '-c', 'echo started; sleep 30'], {
      onStdout: () => {
        void sshd.killConnections();
      },
    });
    const waiting = Array.from({ length: 12 }, () => host.exec(['sleep', '30']));
    const socket = await host.dial({ address: '127.0.0.1', port: sshd.port });
    const ended = new Promise((resolve) => socket.once('error', resolve));
    const results = await Promise.allSettled([running, ...waiting]);
    for (const result of results) {
      expect(result.status).toBe('rejected');
      expect(result).toMatchObject({ reason: { ...lost, host: 'c1' } });
    }
    expect(await ended).toMatchObject(lost);
    expect(host.connected).toBe(false);
    await expect(host.exec(['true'])).rejects.toMatchObject(lost);
    await expect(host.readFile('/etc/hostname')).rejects.toMatchObject(lost);
    await expect(host.replaceFile('/tmp/x', Buffer.from(''))).rejects.toMatchObject(lost);
    await expect(host.dial({ address: '127.0.0.1', port: 1 })).rejects.toMatchObject(lost);
    await expect(asRoot(host).exec(['true'])).rejects.toMatchObject({ ...lost, host: 'root@c1' });
  });

  it('notices a server that has stopped answering', async () => {
    await using sshd = await startSshd();
    await using host = await SshHost.connect('127.0.0.1', {
      ...sshd.options,
      keepaliveIntervalMs: 200,
      keepaliveCountMax: 2,
    });
    const pending = [host.exec(['sleep', '30']), host.exec(['cat'], { stdin: 'x' })];
    await host.exec(['true']);
    await sshd.freeze();
    const read = host.readFile('/etc/hostname');
    await expect(pending[0]).rejects.toMatchObject(lost);
    await expect(read).rejects.toMatchObject(lost);
    await sshd.thaw();
    await Promise.allSettled(pending);
  });

  it('keeps to the deadline of a call even when the server is frozen, and says what it could not do', async () => {
    await using sshd = await startSshd();
    await using host = await SshHost.connect('127.0.0.1', { ...sshd.options, keepaliveIntervalMs: 0 });
    let started: (() => void) | undefined;
    const whenStarted = new Promise<void>((resolve) => (started = resolve));
    const pending = host.exec(['sh', '-c', 'echo started; sleep 30'], {
      timeoutMs: 1500,
      onStdout: () => started?.(),
    });
    pending.catch(() => undefined);
    await whenStarted;
    await sshd.freeze();
    await expect(pending).rejects.toMatchObject({ code: 'WB_HOST_TIMEOUT' });
    await expect(pending).rejects.toThrow(/could not be ended/);
    await expect(host.readFile('/etc/hostname', { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'WB_HOST_TIMEOUT',
    });
    await sshd.thaw();
  }, 60_000);

  it('never replaces a file by a part of its content', async () => {
    await using sshd = await startSshd();
    await using host = await SshHost.connect('127.0.0.1', sshd.options);
    const path = `${sshd.directory}/precious`;
    await host.replaceFile(path, Buffer.from('old content'));
    for (const delay of [0, 5, 10, 20, 40]) {
      await using other = await SshHost.connect('127.0.0.1', sshd.options);
      const bytes = Buffer.alloc(20_000_000, 'new');
      const replacing = other.replaceFile(path, bytes);
      replacing.catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, delay));
      await other.close();
      await replacing.catch(() => undefined);
      const found = await readFile(path, 'utf8');
      expect(['old content', bytes.toString()].includes(found)).toBe(true);
    }
  });
});
