import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runText } from '@whitebox/host';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SshHost } from './ssh-host.js';
import { hasSshd, startSshd, type TestSshd } from './test-support/sshd.js';

const sftpServer = '/usr/lib/openssh/sftp-server';

describe.skipIf(!hasSshd)('SshHost over a real sshd (needs /usr/sbin/sshd)', () => {
  let sshd: TestSshd;
  let host: SshHost;
  beforeAll(async () => {
    sshd = await startSshd();
    host = await SshHost.connect('127.0.0.1', sshd.options);
  });
  afterAll(async () => {
    await host.close();
    await sshd[Symbol.asyncDispose]();
  });

  it('is not confused by what login scripts print', async () => {
    const scripts = join(sshd.directory, '.bashrc');
    await writeFile(scripts, 'echo "welcome to this machine"; echo "mind the step" >&2\n');
    expect(await runText(host, ['printf', 'text'])).toBe('text');
    await writeFile(scripts, '');
  });

  it('reads files of every size by SFTP and, where that is faster, by a stream', async () => {
    for (const size of [0, 1, 32_768, 32_769, 100_000, 1_048_576, 1_048_577, 5_000_000]) {
      const content = Buffer.alloc(size);
      for (let index = 0; index < size; index += 1) content[index] = (index * 31 + (index >> 10)) % 256;
      const path = join(sshd.directory, 'sized');
      await writeFile(path, content);
      expect(Buffer.compare(await host.readFile(path), content)).toBe(0);
    }
  });

  it('reads files of /proc, whose size is 0', async () => {
    const text = Buffer.from(await host.readFile('/proc/cpuinfo')).toString();
    expect(text.length).toBeGreaterThan(100);
  });

  it('reads files on a server without SFTP', async () => {
    await using plain = await startSshd(['Subsystem sftp /nonexistent/sftp-server']);
    await using other = await SshHost.connect('127.0.0.1', plain.options);
    await writeFile(join(plain.directory, 'file'), 'content');
    expect(Buffer.from(await other.readFile(join(plain.directory, 'file'))).toString()).toBe('content');
    await expect(other.readFile(join(plain.directory, 'none'))).rejects.toMatchObject({
      code: 'WB_HOST_NO_FILE',
    });
  });

  it('does not hang on a pipe that is read as a file', async () => {
    const path = join(sshd.directory, 'pipe');
    await host.exec(['mkfifo', path]);
    await expect(host.readFile(path)).rejects.toMatchObject({ code: 'WB_HOST_NOT_A_FILE' });
    await mkdir(join(sshd.directory, 'dir'), { recursive: true });
    await expect(host.readFile(join(sshd.directory, 'dir'))).rejects.toMatchObject({
      code: 'WB_HOST_NOT_A_FILE',
    });
  });

  it.skipIf(!existsSync(sftpServer))(
    `reads on when a read got stuck in the server's SFTP process (needs ${sftpServer})`,
    async () => {
      await using own = await startSshd([`Subsystem sftp ${sftpServer}`]);
      await using other = await SshHost.connect('127.0.0.1', own.options);
      await other.readFile('/etc/hostname');
      for (const pid of await own.processes()) {
        const name = await readFile(`/proc/${String(pid)}/comm`, 'utf8');
        if (name.startsWith('sftp-server')) process.kill(pid, 'SIGSTOP');
      }
      const patient = other.readFile('/etc/hostname');
      await expect(other.readFile('/etc/hostname', { timeoutMs: 200 })).rejects.toMatchObject({
        code: 'WB_HOST_TIMEOUT',
      });
      expect((await other.readFile('/etc/hostname')).length).toBeGreaterThan(0);
      expect((await patient).length).toBeGreaterThan(0);
    },
  );

  it('takes more arguments than one command line of the server holds', async () => {
    const many = Array.from({ length: 4000 }, (_, index) => `argument ${String(index)} ${"'".repeat(50)}`);
    const text = await runText(host, ['printf', '%s\n', ...many], { stdin: 'not read' });
    expect(text).toBe(many.map((one) => `${one}\n`).join(''));
  });

  it('says when nobody may forward', async () => {
    await using closed = await startSshd(['AllowTcpForwarding no', 'AllowStreamLocalForwarding no']);
    await using other = await SshHost.connect('127.0.0.1', closed.options);
    const dial = other.dial({ address: '127.0.0.1', port: closed.port });
    await expect(dial).rejects.toMatchObject({ code: 'WB_HOST_DIAL_FAILED' });
  });
});
