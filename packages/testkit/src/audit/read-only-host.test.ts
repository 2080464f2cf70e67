import { FakeHost } from '@whitebox/host/testing';
import { Virsh } from '@whitebox/libvirt-xml';
import { readGuestFiles, readNumaMaps, readQemuThreads } from '@whitebox/kernel';
import { describe, expect, it } from 'vitest';
import { allowedCommands, allowing, scriptOf } from './allowed-commands.js';
import { allowedFiles, allowedRequests, allowedStatements } from './allowed-reads.js';
import { readOnlyHost } from './read-only-host.js';
import type { Sent } from './sent.js';

function machine(): {
  readonly fake: FakeHost;
  readonly sent: Sent[];
  readonly host: ReturnType<typeof readOnlyHost>;
} {
  const fake = new FakeHost({ name: 'compute1' }).on(() => true, '');
  const sent: Sent[] = [];
  return { fake, sent, host: readOnlyHost(fake, (one) => sent.push(one)) };
}

const uuid = '11111111-1111-4111-8111-111111111111';
const refused = { code: 'WB_AUDIT_REFUSED', host: 'compute1' };

describe('readOnlyHost', () => {
  it.each([
    [['virsh', '-c', 'qemu:///system', 'list', '--all']],
    [['virsh', '-c', 'qemu:///system', '-r', `dumpxml ${uuid} --security-info`]],
    [['virsh', '-c', 'qemu:///system', '-r', `dumpxml ${uuid}; destroy ${uuid}`]],
    [['virsh', '-c', 'qemu:///system', '-r', 'secret-list', '--now']],
    [['sh', '-c', 'rm -rf /', 'sh']],
    [['systemctl', 'restart', 'nova-compute']],
    [['systemctl', 'show']],
    [['podman', 'exec', '-u', 'root', 'nova_compute', 'sh', '-r', 'list --all --uuid --name; list --all']],
    [['podman', 'rm', 'nova_compute']],
    [['ls', '-1A', '--', '/etc/nova', '/']],
    [['taskset', '-p', '1']],
    [['sudo', 'true']],
    [[]],
  ])('refuses %j before anything is sent', async (argv) => {
    const { fake, sent, host } = machine();
    await expect(host.exec(argv)).rejects.toMatchObject(refused);
    expect([fake.calls, sent]).toEqual([[], []]);
  });

  it('refuses to write, to feed a program, and to set more than the language of its words', async () => {
    const { fake, host } = machine();
    const list = ['virsh', '-c', 'qemu:///system', '-r', 'secret-list'];
    await expect(host.replaceFile('/etc/nova/nova.conf', new Uint8Array())).rejects.toMatchObject(refused);
    await expect(host.exec(list, { stdin: 'x' })).rejects.toMatchObject(refused);
    await expect(host.exec(list, { env: { LD_PRELOAD: '/tmp/x.so' } })).rejects.toMatchObject(refused);
    expect(fake.calls).toEqual([]);
  });

  it.each([
    '/etc/shadow',
    '/etc/nova/../shadow.conf',
    '/proc/7/mem',
    '/proc/7/root/etc/shadow',
    'nova.conf',
    '/root/.ssh/id_rsa',
  ])('refuses to read %s', async (path) => {
    const { fake, host } = machine();
    await expect(host.readFile(path)).rejects.toMatchObject(refused);
    expect(fake.calls).toEqual([]);
  });

  it('lets the readers pass, and tells what each has sent', async () => {
    const { sent, host } = machine();
    const virsh = new Virsh(host, { readOnly: true });
    await virsh.list().catch(() => undefined);
    await virsh.secrets().catch(() => undefined);
    await virsh.run([`dumpxml ${uuid}; dumpxml ${uuid} --inactive`]);
    const contained = new Virsh(host, {
      argv: ['podman', 'exec', '-u', 'root', 'nova_virtqemud', 'virsh'],
      readOnly: true,
    });
    await contained.list().catch(() => undefined);
    for (const read of [readQemuThreads, readNumaMaps, readGuestFiles])
      await read(host, { domain: 'instance-00000001' }).catch(() => undefined);
    await host.exec([
      'systemctl',
      'show',
      allowedCommands[1]?.argv[2] as string,
      '--',
      'nova-compute.service',
    ]);
    await host.readFile('/proc/7/cmdline').catch(() => undefined);
    await host.readFile('/proc/7/root/etc/nova/nova.conf').catch(() => undefined);
    expect(sent.map(({ allowedAs }) => allowedAs)).not.toContain(undefined);
    expect(sent).toHaveLength(10);
    expect(sent[0]).toMatchObject({
      kind: 'command',
      text: "virsh -c qemu:///system -r 'list --all --uuid --name; list --all'",
    });
  });
});

describe('what is allowed', () => {
  it('names no program that is not known to look only', () => {
    const programs = new Set(
      allowedCommands.map(({ argv: [first] }) => (typeof first === 'string' ? first : first?.name)),
    );
    expect([...programs].sort()).toEqual(['ls', 'podman|docker', 'sh', 'systemctl', 'virsh']);
  });

  it('has no script that writes, ends or starts anything', () => {
    const scripts = allowedCommands.flatMap((command) => scriptOf(command) ?? []);
    expect(scripts.length).toBeGreaterThanOrEqual(8);
    for (const script of scripts) {
      const unquoted = script
        .replaceAll(/"(?:\\.|[^"\\])*"|'[^']*'/g, '')
        .replaceAll(/2>&1|>&2|2?>\/dev\/null/g, '');
      expect(unquoted).not.toContain('>');
      expect(script).not.toMatch(/\b(?:rm|mv|cp|dd|tee|kill|chmod|chown|ln|mkdir|touch|sed -i|mount)\b/);
    }
  });

  it.each([
    'UPDATE `instances` SET `host` = ?',
    'SELECT `id` FROM `instances` WHERE (deleted = 0) ORDER BY id FOR UPDATE',
    "SELECT `id` FROM `instances` WHERE SLEEP(9) INTO OUTFILE '/tmp/x' ORDER BY id",
    'SELECT `id`, `password` FROM `users` WHERE (TRUE) ORDER BY id',
    'SELECT `id` FROM `instances` WHERE (deleted = 0) ORDER BY id; DROP TABLE `instances`',
  ])('has no statement %s', (text) => {
    expect(allowedStatements.filter(({ pattern }) => pattern.test(text))).toEqual([]);
  });

  it.each([
    'DELETE /v2.1/servers/x',
    'POST /v2.1/servers/x/action',
    'PUT /placement/allocations/x',
    'GET /v2.1/os-keypairs',
    'GET /v1/secrets/x/payload',
  ])('has no request %s', (text) => {
    expect(allowedRequests.filter(({ pattern }) => pattern.test(text))).toEqual([]);
  });

  it('takes a path for no other word of a rule', () => {
    expect(allowing(['ls', '-1A', '--', '/etc/nova/'])?.what).toContain('folder');
    expect(allowedFiles.some(({ pattern }) => pattern.test('/etc/nova/nova.conf'))).toBe(true);
  });
});
