import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough, type Duplex } from 'node:stream';
import { LocalHost, runText } from '@whitebox/host';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SshHost } from './ssh-host.js';
import { freePort, hasSshd, makeKey, startSshd, type TestSshd } from './test-support/sshd.js';

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return 'nothing was thrown';
}

describe('connecting to nobody', () => {
  it('says that nobody listens', async () => {
    const port = await freePort();
    const error = await errorOf(
      SshHost.connect(`127.0.0.1:${String(port)}`, { configFile: false, agent: false }),
    );
    expect(error).toMatchObject({ code: 'WB_SSH_UNREACHABLE', host: '127.0.0.1' });
    expect(String(error)).toContain('ECONNREFUSED');
  });

  it('says that a name is unknown', async () => {
    const error = await errorOf(SshHost.connect('no-such-host.invalid', { configFile: false, agent: false }));
    expect(error).toMatchObject({ code: 'WB_SSH_UNREACHABLE' });
  });

  it('gives up on a server that says nothing, by deadline and by signal', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const options = { port, configFile: false, agent: false } as const;
    expect(await errorOf(SshHost.connect('127.0.0.1', { ...options, timeoutMs: 200 }))).toMatchObject({
      code: 'WB_SSH_TIMEOUT',
    });
    const signal = AbortSignal.timeout(100);
    expect(await errorOf(SshHost.connect('127.0.0.1', { ...options, signal }))).toMatchObject({
      code: 'WB_SSH_ABORTED',
    });
    expect(
      await errorOf(SshHost.connect('127.0.0.1', { ...options, signal: AbortSignal.abort() })),
    ).toMatchObject({ code: 'WB_SSH_ABORTED' });
    server.close();
  });

  it('gives up on a machine on the way that never answers, and takes nothing that comes too late', async () => {
    const late = new PassThrough();
    let answer: (socket: Duplex) => void = () => undefined;
    const via = new LocalHost('bastion');
    via.dial = () => new Promise((resolve) => (answer = resolve));
    const options = { configFile: false, agent: false, via, timeoutMs: 100 } as const;
    expect(await errorOf(SshHost.connect('192.0.2.1', options))).toMatchObject({ code: 'WB_SSH_TIMEOUT' });
    answer(late);
    await new Promise((resolve) => setImmediate(resolve));
    expect(late.destroyed).toBe(true);
  });

  it('says that the other side speaks no SSH', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const error = await errorOf(SshHost.connect('127.0.0.1', { port, configFile: false, agent: false }));
    expect(error).toMatchObject({ code: 'WB_SSH_HANDSHAKE' });
    server.close();
  });
});

describe.skipIf(!hasSshd)('connecting to a real sshd (needs /usr/sbin/sshd)', () => {
  let sshd: TestSshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => {
    await sshd[Symbol.asyncDispose]();
  });

  describe('host keys', () => {
    it('refuses a server that is not known, and nothing was offered to it', async () => {
      const files = [join(sshd.directory, 'empty')];
      const error = await errorOf(SshHost.connect('127.0.0.1', { ...sshd.options, knownHostsFiles: files }));
      expect(error).toMatchObject({ code: 'WB_SSH_HOST_KEY_UNKNOWN', host: '127.0.0.1' });
      expect(await sshd.log()).not.toContain('Accepted publickey');
    });

    it('refuses a server whose key has changed, and says where the old one is', async () => {
      const stranger = await makeKey(join(sshd.directory, 'stranger'));
      const file = join(sshd.directory, 'changed');
      await writeFile(file, `# one\n[127.0.0.1]:${String(sshd.port)} ${stranger}\n`);
      const error = await errorOf(SshHost.connect('127.0.0.1', { ...sshd.options, knownHostsFiles: [file] }));
      expect(error).toMatchObject({ code: 'WB_SSH_HOST_KEY_CHANGED' });
      expect(String(error)).toContain(`${file}:2`);
    });

    it('finds a hashed name, as ssh-keygen writes it', async () => {
      const file = join(sshd.directory, 'hashed');
      await writeFile(file, `[127.0.0.1]:${String(sshd.port)} ${sshd.hostKey}\n`);
      execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
      expect(await readFile(file, 'utf8')).toMatch(/^\|1\|/);
      await using host = await SshHost.connect('127.0.0.1', { ...sshd.options, knownHostsFiles: [file] });
      expect(host.connected).toBe(true);
    });

    it('remembers a new server with accept-new, so that ssh knows it too', async () => {
      const file = join(sshd.directory, 'accepted');
      const options = { ...sshd.options, knownHostsFiles: [file], hostKeys: 'accept-new' } as const;
      await (await SshHost.connect('127.0.0.1', options)).close();
      const found = execFileSync('ssh-keygen', ['-F', `[127.0.0.1]:${String(sshd.port)}`, '-f', file]);
      expect(found.toString()).toContain(sshd.hostKey.split(' ')[1]);
      await (await SshHost.connect('127.0.0.1', { ...options, hostKeys: 'verify' })).close();
    });

    it('asks for a key of the type that is known', async () => {
      const rsa = await makeKey(join(sshd.directory, 'host_rsa'), '', 'rsa');
      await using both = await startSshd([`HostKey ${sshd.directory}/host_rsa`]);
      const file = join(both.directory, 'rsa_only');
      await writeFile(file, `[127.0.0.1]:${String(both.port)} ${rsa}\n`);
      await using host = await SshHost.connect('127.0.0.1', { ...both.options, knownHostsFiles: [file] });
      expect(host.connected).toBe(true);
    });
  });

  describe('authentication', () => {
    it('says what the server accepts when no key fits', async () => {
      const wrong = join(sshd.directory, 'wrong');
      await makeKey(wrong);
      const error = await errorOf(SshHost.connect('127.0.0.1', { ...sshd.options, identityFiles: [wrong] }));
      expect(error).toMatchObject({ code: 'WB_SSH_AUTH' });
      expect(String(error)).toContain(
        `the server accepted none of the keys that were offered (${wrong}); the server accepts publickey`,
      );
    });

    it('tries one key after the other', async () => {
      const wrong = join(sshd.directory, 'wrong2');
      await makeKey(wrong);
      const identityFiles = [wrong, sshd.identityFile];
      await using host = await SshHost.connect('127.0.0.1', { ...sshd.options, identityFiles });
      expect(host.connected).toBe(true);
    });

    it('says that a key is missing, encrypted or opened with the wrong passphrase', async () => {
      const locked = join(sshd.directory, 'locked');
      await makeKey(locked, 'open sesame');
      const attempt = (identityFiles: string[], passphrase?: string): Promise<unknown> =>
        errorOf(SshHost.connect('127.0.0.1', { ...sshd.options, identityFiles, passphrase }));
      const missing = await attempt([join(sshd.directory, 'nothing')]);
      expect(missing).toMatchObject({ code: 'WB_SSH_KEY' });
      expect(String(missing)).toContain('nothing');
      const encrypted = await attempt([locked]);
      expect(encrypted).toMatchObject({ code: 'WB_SSH_KEY' });
      expect(String(encrypted)).toContain('is encrypted and no passphrase was given');
      const mistyped = await attempt([locked], 'open barley');
      expect(String(mistyped)).toContain('the passphrase does not open');
      expect(String(mistyped)).not.toContain('barley');
    });

    it('opens an encrypted key with its passphrase', async () => {
      const locked = join(sshd.directory, 'locked2');
      const line = await makeKey(locked, 'open sesame');
      await using other = await startSshd();
      await writeFile(join(other.directory, 'id.pub'), `${line}\n`);
      await using host = await SshHost.connect('127.0.0.1', {
        ...other.options,
        identityFiles: [locked],
        passphrase: 'open sesame',
      });
      expect(host.connected).toBe(true);
    });

    it('uses an agent, also for a key whose file is encrypted', async () => {
      const socket = join(sshd.directory, 'agent.sock');
      const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
      try {
        await once(agent.stdout, 'data');
        execFileSync('ssh-add', ['-q', sshd.identityFile], {
          env: { ...process.env, SSH_AUTH_SOCK: socket },
          stdio: 'ignore',
        });
        const locked = join(sshd.directory, 'locked3');
        await makeKey(locked, 'open sesame');
        const options = { ...sshd.options, agent: socket, identityFiles: [] };
        await using host = await SshHost.connect('127.0.0.1', options);
        expect(host.connected).toBe(true);
        await using second = await SshHost.connect('127.0.0.1', { ...options, identityFiles: [locked] });
        expect(second.connected).toBe(true);
      } finally {
        agent.kill();
      }
    });

    it('says that the agent does not answer', async () => {
      const agent = join(sshd.directory, 'no-agent.sock');
      const error = await errorOf(
        SshHost.connect('127.0.0.1', { ...sshd.options, agent, identityFiles: [] }),
      );
      expect(error).toMatchObject({ code: 'WB_SSH_AUTH' });
      expect(String(error)).toContain('none of the keys that were offered (those of the agent)');
    });

    it('says that there was no key', async () => {
      const error = await errorOf(SshHost.connect('127.0.0.1', { ...sshd.options, identityFiles: [] }));
      expect(error).toMatchObject({ code: 'WB_SSH_AUTH' });
      expect(String(error)).toContain('there was no key to offer; the server accepts publickey');
    });
  });

  describe('ways there', () => {
    it('goes over jump hosts to any depth, given as options or in the configuration', async () => {
      await using first = await startSshd();
      await using second = await startSshd();
      await using third = await startSshd();
      const servers = [first, second, third];
      const config = servers.flatMap((one, index) => [
        `Host hop${String(index)}`,
        '  HostName 127.0.0.1',
        `  Port ${String(one.port)}`,
        `  User ${one.user}`,
        `  IdentityFile ${one.identityFile}`,
        `  UserKnownHostsFile ${one.knownHostsFile}`,
        '  IdentityAgent none',
        ...(index === 2 ? ['  ProxyJump hop0,hop1'] : []),
      ]);
      const configFile = join(sshd.directory, 'config');
      await writeFile(configFile, config.join('\n'));
      await using host = await SshHost.connect('hop2', { configFile });
      expect(host.name).toBe('hop2');
      expect(await runText(host, ['printf', 'there'])).toBe('there');
      const connection = await runText(host, ['sh', '-c', 'echo "$SSH_CONNECTION"']);
      expect(connection).toContain(` ${String(third.port)}\n`);
      for (const one of servers) expect(await one.log()).toContain('Accepted publickey');

      const jump = `${second.user}@127.0.0.1:${String(second.port)}`;
      const shared = {
        ...third.options,
        identityFiles: [second.identityFile, third.identityFile],
        knownHostsFiles: [second.knownHostsFile, third.knownHostsFile],
      };
      await using other = await SshHost.connect('127.0.0.1', { ...shared, jump });
      expect(await runText(other, ['printf', 'too'])).toBe('too');
    });

    it('goes over any Host', async () => {
      await using host = await SshHost.connect('127.0.0.1', { ...sshd.options, via: new LocalHost() });
      expect(await runText(host, ['printf', 'hello'])).toBe('hello');
      await using inner = await SshHost.connect('127.0.0.1', { ...sshd.options, via: host, name: 'inner' });
      expect(inner.name).toBe('inner');
      expect(await runText(inner, ['printf', 'hello'])).toBe('hello');
    });

    it('names the hop that fails', async () => {
      const port = String(await freePort());
      const direct = await errorOf(
        SshHost.connect('127.0.0.1', { ...sshd.options, jump: `127.0.0.1:${port}` }),
      );
      expect(direct).toMatchObject({ code: 'WB_SSH_UNREACHABLE' });
      expect(String(direct)).toContain(`127.0.0.1:${port}`);
      const behind = await errorOf(
        SshHost.connect('127.0.0.1', {
          ...sshd.options,
          port: Number(port),
          jump: `${sshd.user}@127.0.0.1:${String(sshd.port)}`,
        }),
      );
      expect(behind).toMatchObject({ code: 'WB_SSH_UNREACHABLE' });
      expect(String(behind)).toContain(`from ${sshd.user}@127.0.0.1:${String(sshd.port)}: `);
      expect(String(behind)).toContain('Connection refused');
    });

    it('has one deadline for all hops', async () => {
      const slow = createServer((client) => {
        const server = connect(sshd.port, '127.0.0.1');
        server.on('error', () => client.destroy()).on('close', () => client.destroy());
        client.on('error', () => server.destroy()).on('close', () => server.destroy());
        setTimeout(() => client.pipe(server).pipe(client), 600);
      });
      await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
      const { port } = slow.address() as AddressInfo;
      const file = join(sshd.directory, 'slow');
      await writeFile(file, `[127.0.0.1]:${String(port)} ${sshd.hostKey}\n`);
      const options = { ...sshd.options, port, knownHostsFiles: [file] };
      const jump = `${sshd.user}@127.0.0.1:${String(port)}`;
      const error = await errorOf(SshHost.connect('127.0.0.1', { ...options, jump, timeoutMs: 1000 }));
      expect(error).toMatchObject({ code: 'WB_SSH_TIMEOUT' });
      expect(String(error)).toContain('within 1000 ms');
      slow.close();
    });

    it('does not go round in circles', async () => {
      const configFile = join(sshd.directory, 'circle');
      await writeFile(configFile, 'Host a\n ProxyJump b\nHost b\n ProxyJump a\n');
      expect(await errorOf(SshHost.connect('a', { configFile, agent: false }))).toMatchObject({
        code: 'WB_SSH_CONFIG',
      });
    });

    it('says that a connection was closed here when it is used afterwards', async () => {
      const host = await SshHost.connect('127.0.0.1', sshd.options);
      await host.close();
      await host.close();
      expect(host.connected).toBe(false);
      const error = await errorOf(host.exec(['true']));
      expect(error).toMatchObject({ code: 'WB_HOST_CONNECTION_LOST' });
      expect(String(error)).toContain('closed here');
    });
  });
});
