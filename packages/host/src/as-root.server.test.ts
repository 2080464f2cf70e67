import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { asRoot } from './as-root.js';
import { HostError } from './errors.js';
import { LocalHost } from './local-host.js';
import { hostConformance } from './testing/conformance.js';
import { FakeHost, type FakeCommand } from './testing/fake-host.js';
import { localSubject } from './testing/local-subject.js';

/** What the run script writes before it becomes the program; its word is the fourth argument after /bin/sh. */
function headerFor({ argv }: FakeCommand): string {
  return `${argv[argv.indexOf('/bin/sh') + 4] ?? ''} 4711 4711 (sh) S 1 4711 4711 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 99 0\n`;
}

const notFound = (program: string): HostError =>
  new HostError({
    code: 'WB_HOST_NOT_FOUND',
    action: `run ${program}`,
    observed: 'there is no such program',
    advice: '',
  });

describe('asRoot over a FakeHost', () => {
  it('runs the program below sudo -n, and gives back what it did', async () => {
    const host = new FakeHost({ name: 'compute1' }).on('sudo', (command) => ({
      stdout: `${headerFor(command)}hello\n`,
      stderr: 'careful\n',
      exitCode: 3,
    }));
    const root = asRoot(host);
    expect(root.name).toBe('root@compute1');
    expect(await root.exec(['virsh', 'list', '--all'])).toEqual({
      argv: ['virsh', 'list', '--all'],
      exitCode: 3,
      signal: null,
      stdout: 'hello\n',
      stderr: 'careful\n',
    });
    expect(host.commands[0]?.slice(0, 5)).toEqual(['sudo', '-n', '--', '/bin/sh', '-c']);
    expect(host.commands[0]?.slice(-3)).toEqual(['virsh', 'list', '--all']);
  });

  it('keeps values of the environment out of arguments', async () => {
    const host = new FakeHost().on('sudo', headerFor);
    await asRoot(host).exec(['env'], { env: { PASSWORD: 's3cr3t' }, stdin: 'input' });
    expect(JSON.stringify(host.commands)).not.toContain('s3cr3t');
    const [call] = host.calls;
    expect(call).toMatchObject({ command: { stdin: expect.stringMatching(/s3cr3t[^]*input$/) as string } });
    expect(call).toMatchObject({ command: { env: {} } });
  });

  it.each([
    'ssh: Could not resolve hostname compute1: Name or service not known',
    'stack@compute1: Permission denied (publickey).',
    'Host key verification failed.',
  ])('does not blame sudo when ssh could not reach the machine: "%s"', async (stderr) => {
    const host = new FakeHost({ name: 'compute1' }).on('sudo', { stderr: `${stderr}\n`, exitCode: 255 });
    const failed: unknown = await asRoot(host)
      .exec(['id'])
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'WB_HOST_FAILED', host: 'root@compute1' });
    expect((failed as HostError).observed).toContain(stderr);
    expect((failed as HostError).advice).toContain('ssh');
    expect((failed as HostError).message).not.toContain('sudo');
  });

  it.each([
    ['sudo: a password is required', 'NOPASSWD'],
    ['sudo: sorry, you must have a tty to run sudo', 'requiretty'],
    ['stack is not in the sudoers file.', 'any command as root'],
  ])('explains "%s"', async (stderr, advice) => {
    const host = new FakeHost({ name: 'c1' }).on('sudo', { stderr, exitCode: 1 });
    await expect(asRoot(host).exec(['id'])).rejects.toMatchObject({
      code: 'WB_HOST_SUDO',
      host: 'root@c1',
      observed: stderr,
      advice: expect.stringContaining(advice) as string,
    });
  });

  it.each([
    [{ exitCode: 127, stderr: 'a wrapper: not found' }, 'exit code 127: a wrapper: not found'],
    [{ signal: 'SIGKILL' }, 'ended by SIGKILL'],
  ])('does not blame sudo for what it never ends with of its own accord', async (ending, observed) => {
    const host = new FakeHost({ name: 'c1' }).on('sudo', ending);
    await expect(asRoot(host).exec(['id'])).rejects.toMatchObject({
      code: 'WB_HOST_FAILED',
      host: 'root@c1',
      observed: expect.stringContaining(observed) as string,
    });
  });

  it('does without sudo where the user is root and there is none, and says so where not', async () => {
    const bare = (id: string): FakeHost =>
      new FakeHost()
        .on('sudo', () => {
          throw notFound('sudo');
        })
        .on('id', id)
        .on('/bin/sh', headerFor);
    const host = bare('0\n');
    const root = asRoot(host);
    expect((await root.exec(['true'])).exitCode).toBe(0);
    expect((await root.exec(['true'])).exitCode).toBe(0);
    expect(host.commands.map(([program]) => program)).toEqual(['sudo', 'id', '/bin/sh', '/bin/sh']);
    await expect(asRoot(bare('1000\n')).exec(['true'])).rejects.toMatchObject({
      code: 'WB_HOST_SUDO',
      observed: expect.stringContaining('not installed') as string,
    });
  });

  it('ends a program that was given up through sudo, by pid and start time', async () => {
    const host = new FakeHost();
    let release: (() => void) | undefined;
    host.on('sudo', async (command) => {
      if (command.argv[5]?.includes('signal=') === true || command.argv.includes('4711')) {
        release?.();
        return '';
      }
      await new Promise<void>((resolve) => (release = resolve));
      return headerFor(command);
    });
    await expect(asRoot(host).exec(['sleep', '600'], { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'WB_HOST_TIMEOUT',
      host: 'root@fake',
    });
  });

  it('passes a lost connection on', async () => {
    const host = new FakeHost().on('sudo', '').fail('exec', 'connection-lost');
    await expect(asRoot(host).exec(['id'])).rejects.toMatchObject({
      code: 'WB_HOST_CONNECTION_LOST',
      host: 'root@fake',
    });
  });

  it('dials TCP as the machine does', async () => {
    const host = new FakeHost().listen({ address: '127.0.0.1', port: 3306 }, (socket) =>
      socket.end('greeting'),
    );
    const socket = await asRoot(host).dial({ address: '127.0.0.1', port: 3306 });
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe('greeting');
  });
});

describe.skipIf(!existsSync('/usr/bin/sudo') || process.getuid?.() !== 0)(
  'over this machine (needs root and /usr/bin/sudo)',
  () => {
    hostConformance({ describe, it, expect }, 'asRoot(LocalHost)', () =>
      localSubject(asRoot(new LocalHost())),
    );
  },
);
