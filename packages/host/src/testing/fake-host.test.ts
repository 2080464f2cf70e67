import { describe, expect, it } from 'vitest';
import { CommandFailedError } from '../errors.js';
import { run, runText } from '../run.js';
import { FakeHost } from './fake-host.js';

describe('FakeHost', () => {
  it('answers commands by program, by first arguments or by a function, the latest answer first', async () => {
    const host = new FakeHost()
      .on('virsh', { stderr: 'error: unknown command', exitCode: 1 })
      .on(['virsh', 'list'], 'one\n')
      .on(['virsh', /^dump/, 'vm1'], (command) => `xml of ${command.argv[2] ?? ''}`)
      .on((argv) => argv.includes('--all'), 'everything');
    expect(await runText(host, ['virsh', 'list', '--name'])).toBe('one\n');
    expect(await runText(host, ['virsh', 'dumpxml', 'vm1'])).toBe('xml of vm1');
    expect(await runText(host, ['virsh', 'list', '--all'])).toBe('everything');
    await expect(run(host, ['virsh', 'nonsense'])).rejects.toThrow(CommandFailedError);
    expect(host.commands).toEqual([
      ['virsh', 'list', '--name'],
      ['virsh', 'dumpxml', 'vm1'],
      ['virsh', 'list', '--all'],
      ['virsh', 'nonsense'],
    ]);
  });

  it('fails a command that it was not told of with an error that is not a reply of a machine', async () => {
    await expect(new FakeHost().exec(['reboot'])).rejects.toThrow('was not told how to answer: reboot');
  });

  it('gives handlers the standard input and the environment', async () => {
    const host = new FakeHost().on('tee', ({ stdin, env }) => `${stdin}|${env['A'] ?? ''}`);
    expect(await runText(host, ['tee'], { stdin: 'in', env: { A: 'b' } })).toBe('in|b');
  });

  it('shows in the error how a command failed', async () => {
    const host = new FakeHost({ name: 'compute1' }).on('ls', { stderr: 'no such thing\n', exitCode: 2 });
    await expect(run(host, ['ls', 'a b'])).rejects.toMatchObject({
      code: 'WB_HOST_COMMAND_FAILED',
      host: 'compute1',
      exitCode: 2,
      message: expect.stringContaining("run ls 'a b' on compute1: exit code 2: no such thing") as string,
    });
  });

  it('keeps owner, mode and label of a replaced file and follows links', async () => {
    const host = new FakeHost();
    host.files.write('/etc/nova/real.conf', 'old', {
      owner: 'nova',
      group: 'nova',
      mode: 0o640,
      label: 'nova_t',
    });
    host.files.link('/etc/nova/nova.conf', 'real.conf');
    await host.replaceFile('/etc/nova/nova.conf', Buffer.from('new'));
    expect(host.files.text('/etc/nova/real.conf')).toBe('new');
    expect(host.files.get('/etc/nova/real.conf')).toMatchObject({
      owner: 'nova',
      mode: 0o640,
      label: 'nova_t',
    });
    expect(Buffer.from(await host.readFile('/etc/nova/nova.conf')).toString()).toBe('new');
  });

  it('fails as planned: so many times, then no more', async () => {
    const host = new FakeHost().on('true', '').fail('exec', 'connection-lost', 2);
    await expect(host.exec(['true'])).rejects.toMatchObject({ code: 'WB_HOST_CONNECTION_LOST' });
    await expect(host.exec(['true'])).rejects.toMatchObject({ code: 'WB_HOST_CONNECTION_LOST' });
    expect((await host.exec(['true'])).exitCode).toBe(0);
    host.files.write('/f', 'old');
    host.fail('replaceFile', 'no-space');
    await expect(host.replaceFile('/f', Buffer.from('new'))).rejects.toMatchObject({
      code: 'WB_HOST_NO_SPACE',
    });
    expect(host.files.text('/f')).toBe('old');
  });

  it('loses everything that is pending when the connection is lost', async () => {
    const host = new FakeHost().on('sleep', () => new Promise(() => undefined));
    const pending = host.exec(['sleep', '9']);
    setImmediate(() => {
      host.lose();
    });
    await expect(pending).rejects.toMatchObject({ code: 'WB_HOST_CONNECTION_LOST' });
    await expect(host.readFile('/f')).rejects.toMatchObject({ code: 'WB_HOST_CONNECTION_LOST' });
    expect(host.running).toBe(0);
  });

  it('hangs until it is given up', async () => {
    const host = new FakeHost().fail('readFile', 'hang');
    await expect(host.readFile('/f', { timeoutMs: 20 })).rejects.toMatchObject({ code: 'WB_HOST_TIMEOUT' });
  });
});
