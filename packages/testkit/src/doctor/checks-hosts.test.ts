import { WhiteboxError } from '@whitebox/core';
import { describe, expect, it } from 'vitest';
import { clockSkew, judgeSkew } from './checks/clock-skew.js';
import { ssh } from './checks/ssh.js';
import { sshSessions } from './checks/ssh-sessions.js';
import { judge, sudo } from './checks/sudo.js';
import { tools } from './checks/tools.js';
import { compare, versions } from './checks/versions.js';
import { bad, fakeHost, fakeSite, healthyMachine, look, virshVersion } from './fake-site.suite.js';
import type { Site, SiteHost } from './site.js';

const dead = new WhiteboxError({
  code: 'WB_SSH_UNREACHABLE',
  action: 'connect to stack@192.0.2.9:22',
  observed: 'ECONNREFUSED',
  advice: 'Check address and port.',
});

function cloud(...hosts: readonly SiteHost[]): Site {
  return fakeSite({ hosts: () => Promise.resolve(hosts) });
}

const unreached = fakeHost('dead', undefined, {
  login: () => Promise.reject(dead),
  root: () => Promise.reject(dead),
});

describe('SSH', () => {
  it('is wrong for the host that is not reached, with its code, and fine for the other', async () => {
    const result = await look(ssh, cloud(fakeHost('a'), unreached));
    expect(result.findings.map(({ host, verdict, code }) => [host, verdict, code])).toEqual([
      ['a', 'ok', undefined],
      ['dead', 'wrong', 'WB_SSH_UNREACHABLE'],
    ]);
  });

  it('is unknown where no host is known', async () => {
    expect((await look(ssh, cloud())).verdict).toBe('unknown');
    const none = fakeSite({ hosts: () => Promise.reject(new Error('no login')) });
    expect((await look(ssh, none)).verdict).toBe('unknown');
  });

  it('makes what rests on it unknown, not wrong', async () => {
    for (const check of [sshSessions, sudo, tools, clockSkew, versions]) {
      expect((await look(check, cloud(fakeHost('a'), unreached))).verdict).toBe('unknown');
    }
  });
});

describe('sessions of SSH', () => {
  it('are a warning where few are allowed, or no forwarding', async () => {
    const few = healthyMachine('a').on('/usr/sbin/sshd', 'MaxSessions 2\nallowtcpforwarding no\n');
    expect(bad(await look(sshSessions, cloud(fakeHost('a', few)))).map(({ found }) => found)).toEqual([
      'MaxSessions 2',
      'AllowTcpForwarding no',
    ]);
  });

  it('are unknown where sshd does not tell', async () => {
    const mute = healthyMachine('a').on('/usr/sbin/sshd', { exitCode: 1, stderr: 'no host key\n' });
    expect((await look(sshSessions, cloud(fakeHost('a', mute)))).findings[0]?.found).toContain('no host key');
  });
});

describe('sudo', () => {
  it('tells rules that allow everything from those that do not', () => {
    expect(judge('u', '    (root) NOPASSWD: ALL', 'a').verdict).toBe('ok');
    expect(judge('u', '    (ALL : ALL) NOPASSWD: SETENV: ALL', 'a').verdict).toBe('ok');
    expect(judge('u', '    (root) NOPASSWD: /usr/bin/virsh', 'a').verdict).toBe('warning');
    expect(judge('u', '    (ALL : ALL) ALL', 'a').verdict).toBe('wrong');
    expect(judge('u', '', 'a').verdict).toBe('warning');
  });

  it('is wrong where a password is wanted', async () => {
    const denied = new WhiteboxError({
      code: 'WB_HOST_SUDO',
      action: 'become root',
      observed: 'password',
      advice: 'Rule.',
    });
    const host = fakeHost('a', undefined, { root: () => Promise.reject(denied) });
    expect((await look(sudo, cloud(host))).findings).toMatchObject([
      { verdict: 'wrong', code: 'WB_HOST_SUDO' },
    ]);
  });

  it('is not needed by root', async () => {
    const host = fakeHost('a', healthyMachine('a').on('id', 'root\n'));
    expect((await look(sudo, cloud(host))).findings[0]?.found).toBe('root itself logs in');
  });
});

describe('tools', () => {
  it('are wrong one by one', async () => {
    const bare = healthyMachine('a').on('sh', 'nsenter\npython3\n');
    expect(bad(await look(tools, cloud(fakeHost('a', bare))))).toMatchObject([
      { found: 'there is no nsenter', next: 'Install the package util-linux there.' },
      { found: 'there is no python3' },
    ]);
  });

  it('are wrong where libvirt does not answer, and asked for on computes only', async () => {
    const stopped = healthyMachine('a').on('virsh', { exitCode: 1, stderr: 'error: failed to connect' });
    expect((await look(tools, cloud(fakeHost('a', stopped)))).verdict).toBe('wrong');
    const control = fakeHost('c', stopped, { isCompute: false });
    expect((await look(tools, cloud(fakeHost('a'), control))).verdict).toBe('ok');
  });

  it('ask libvirt over a connection that cannot change anything', async () => {
    const machine = healthyMachine('a');
    await look(tools, cloud(fakeHost('a', machine)));
    const asked = machine.commands.filter(([program]) => program === 'virsh');
    expect(asked.length).toBeGreaterThan(0);
    for (const argv of asked) expect(argv).toContain('-r');
  });
});

describe('clocks', () => {
  const ahead = (seconds: number) =>
    fakeHost(
      'b',
      healthyMachine('b').on('date', () => `${(Date.now() / 1000 + seconds).toFixed(9)}\n`),
    );

  it.each([
    [0.5, 'ok'],
    [5, 'warning'],
    [-45, 'wrong'],
    [3600, 'wrong'],
  ] as const)('that are %i s ahead are %s', async (seconds, verdict) => {
    expect((await look(clockSkew, cloud(fakeHost('a'), ahead(seconds)))).verdict).toBe(verdict);
  });

  it('are given what the way takes', () => {
    expect(judgeSkew({ aheadMs: 4000, errorMs: 3000 }, 'a').verdict).toBe('ok');
    expect(judgeSkew({ aheadMs: -4000, errorMs: 10 }, 'a').found).toBe(
      '4.00 s behind this machine (± 0.01 s)',
    );
  });
});

describe('versions', () => {
  it('are a warning where they differ', async () => {
    const newer = healthyMachine('b')
      .on('virsh', virshVersion.replaceAll('7.2.22', '8.2.0'))
      .on('uname', '6.8.0\n');
    const result = await look(versions, cloud(fakeHost('a'), fakeHost('b', newer)));
    expect(bad(result).map(({ found }) => found)).toEqual([
      'kernel differs: a 6.1.0, b 6.8.0',
      'QEMU differs: a 7.2.22, b 8.2.0',
    ]);
  });

  it('are unknown where no compute is', () => {
    expect(compare([])[0]?.verdict).toBe('unknown');
  });
});
