import { readFileSync } from 'node:fs';
import { CpuSet } from '@whitebox/core';
import { FakeHost } from '@whitebox/host/testing';
import { describe, expect, it } from 'vitest';
import { VirshError } from './errors.js';
import { Virsh } from './virsh.js';

const pinned = readFileSync(new URL('../testdata/pinned.xml', import.meta.url), 'utf8');
const prefix = ['virsh', '-c', 'qemu:///system'];

function answering(stdout: string): { host: FakeHost; virsh: Virsh } {
  const host = new FakeHost({ name: 'compute1' }).on('virsh', stdout);
  return { host, virsh: new Virsh(host) };
}

function failing(stderr: string): Virsh {
  return new Virsh(new FakeHost({ name: 'compute1' }).on('virsh', { stderr, exitCode: 1 }));
}

describe('Virsh', () => {
  it('lists domains with uuid, name and state in one command', async () => {
    const { host, virsh } = answering(
      [
        'df3c4ecd-132b-4771-996d-c4361946539e instance-00000002',
        'F2003B9B-cf28-456f-964c-fef94a20ba48 a name with blanks',
        '11111111-2222-3333-4444-555555555555 gone-meanwhile',
        '',
        ' Id   Name                 State',
        '-------------------------------------',
        ' 1    instance-00000002    running',
        ' -    a name with blanks   shut off',
        ' 9    came-meanwhile       running',
        '',
        '',
      ].join('\n'),
    );
    expect(await virsh.list()).toEqual([
      { uuid: 'df3c4ecd-132b-4771-996d-c4361946539e', name: 'instance-00000002', state: 'running' },
      { uuid: 'f2003b9b-cf28-456f-964c-fef94a20ba48', name: 'a name with blanks', state: 'shut off' },
    ]);
    expect(host.commands).toEqual([[...prefix, 'list --all --uuid --name; list --all']]);
  });

  it('lists nothing on an empty host', async () => {
    expect(await answering('\n\n Id   Name   State\n--------------------\n\n').virsh.list()).toEqual([]);
  });

  it('asks for English, whatever the language of the host is', async () => {
    const { host, virsh } = answering(pinned);
    await virsh.domainXml('x');
    const call = host.calls[0];
    expect(call?.kind === 'exec' && call.command.env).toEqual({ LC_ALL: 'C.UTF-8', LANGUAGE: 'C' });
  });

  it.each([
    [{}, []],
    [{ inactive: true }, ['--inactive']],
    [{ migratable: true }, ['--migratable']],
    [{ inactive: false, migratable: true }, ['--migratable']],
  ])('reads the XML of a domain with %j', async (options, flags) => {
    const { host, virsh } = answering(pinned);
    const domain = await virsh.domain('-odd name', options);
    expect(domain.name).toBe('instance-00000002');
    expect(host.commands).toEqual([[...prefix, 'dumpxml', '--domain', '-odd name', ...flags]]);
  });

  it('does not take a name of digits for the id of another domain', async () => {
    const listed = [
      'df3c4ecd-132b-4771-996d-c4361946539e 12',
      'f2003b9b-cf28-456f-964c-fef94a20ba48 instance-00000002',
      '',
      ' Id   Name                State',
      '------------------------------------',
      ' 12   instance-00000002   running',
      ' -    12                  shut off',
      '',
    ].join('\n');
    const host = new FakeHost({ name: 'compute1' })
      .on('virsh', 'running\n')
      .on((argv) => argv.some((argument) => argument.startsWith('list')), listed);
    const virsh = new Virsh(host);
    await virsh.vcpuPin('12', 0, CpuSet.of(1));
    expect(host.commands.at(-1)).toContain('df3c4ecd-132b-4771-996d-c4361946539e');
    await virsh.domstate('12');
    expect(host.commands.at(-1)).toContain('df3c4ecd-132b-4771-996d-c4361946539e');
    await expect(virsh.domainXml('13')).rejects.toMatchObject({
      code: 'WB_VIRSH_NO_DOMAIN',
      host: 'compute1',
    });
  });

  it('can go through another command', async () => {
    const host = new FakeHost().on('podman', pinned);
    const argv = ['podman', 'exec', 'nova_libvirt', 'virsh', '-r'];
    await new Virsh(host, { argv }).domainXml('a');
    expect(host.commands).toEqual([[...argv, 'dumpxml', '--domain', 'a']]);
  });

  it.each([
    ['running (unpaused)\n\n', { state: 'running', reason: 'unpaused' }],
    ['shut off (destroyed)\n', { state: 'shut off', reason: 'destroyed' }],
    ['paused\n', { state: 'paused', reason: undefined }],
  ])('reads the state %j', async (printed, state) => {
    expect(await answering(printed).virsh.domstate('a')).toEqual(state);
  });

  it('pins what runs, and the definition only when that is asked for', async () => {
    const { host, virsh } = answering('');
    await virsh.vcpuPin('a', 1, CpuSet.of(2, 3, 7));
    await virsh.emulatorPin('a', CpuSet.of(0), { config: true });
    await virsh.ioThreadPin('a', 2, CpuSet.of(1));
    expect(host.commands).toEqual([
      [...prefix, 'vcpupin', '--domain', 'a', '--vcpu', '1', '--cpulist', '2-3,7', '--live'],
      [...prefix, 'emulatorpin', '--domain', 'a', '--cpulist', '0', '--live', '--config'],
      [...prefix, 'iothreadpin', '--domain', 'a', '--iothread', '2', '--cpulist', '1', '--live'],
    ]);
  });

  it('reads block devices, volumes, secrets and versions', async () => {
    const blocks = ' Type   Device   Target   Source\n------\n file   disk     vda      /a/b\n\n';
    expect(await answering(blocks).virsh.domblklist('a')).toEqual([
      { type: 'file', device: 'disk', target: 'vda', source: '/a/b' },
    ]);
    expect(await answering(' Name   Path\n------\n a      /p/a\n\n').virsh.volumes('pool')).toEqual([
      { name: 'a', path: '/p/a' },
    ]);
    expect(await answering(' UUID   Usage\n-------\n u1     ceph x y\n\n').virsh.secrets()).toEqual([
      { uuid: 'u1', usageType: 'ceph', usageId: 'x y' },
    ]);
    expect(await answering('<secret><uuid>u1</uuid></secret>').virsh.secret('u1')).toMatchObject({
      uuid: 'u1',
    });
    const version = [
      'Compiled against library: libvirt 9.0.0',
      'Using library: libvirt 9.0.1',
      'Using API: QEMU 9.0.0',
      'Running hypervisor: QEMU 7.2.22',
      'Running against daemon: 8.5.0',
    ].join('\n');
    expect(await answering(version).virsh.version()).toEqual({
      library: '9.0.1',
      daemon: '8.5.0',
      hypervisor: 'QEMU',
      hypervisorVersion: '7.2.22',
    });
  });

  // What libvirt 9 and older versions say.
  it.each([
    ["error: failed to get domain 'nosuch'", 'WB_VIRSH_NO_DOMAIN'],
    ["error: Domain not found: no domain with matching uuid 'x' (instance-1)", 'WB_VIRSH_NO_DOMAIN'],
    ["error: failed to get secret 'x'", 'WB_VIRSH_NO_SECRET'],
    [
      'error: failed to connect to the hypervisor\nerror: no connection driver available',
      'WB_VIRSH_NO_CONNECTION',
    ],
    [
      "error: Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file",
      'WB_VIRSH_NO_CONNECTION',
    ],
    [
      "error: failed to get domain 'a'\nerror: Cannot recv data: Connection reset by peer",
      'WB_VIRSH_NO_CONNECTION',
    ],
    ["error: CPU 77 in cpulist '77' exceed the maxcpu 4", 'WB_VIRSH_FAILED'],
    ['', 'WB_VIRSH_FAILED'],
  ])('tells what %j means', async (stderr, code) => {
    const reading = failing(stderr).domain('nosuch');
    await expect(reading).rejects.toThrow(VirshError);
    await expect(reading).rejects.toMatchObject({ code, host: 'compute1' });
  });

  it('gives what virsh said, what was run and where', async () => {
    await expect(
      failing("error: CPU 77 in cpulist '77' exceed the maxcpu 4").vcpuPin('a', 0, CpuSet.of(77)),
    ).rejects.toThrow(
      /run virsh vcpupin --domain a .* on compute1: exit code 1: error: CPU 77 in cpulist '77' exceed the maxcpu 4/,
    );
  });

  it('fails when virsh succeeds and prints something else', async () => {
    await expect(answering('').virsh.list()).rejects.toMatchObject({ code: 'WB_VIRSH_OUTPUT' });
    await expect(answering('').virsh.domstate('a')).rejects.toMatchObject({ code: 'WB_VIRSH_OUTPUT' });
    await expect(answering('hm').virsh.version()).rejects.toMatchObject({ code: 'WB_VIRSH_OUTPUT' });
    await expect(answering('').virsh.domain('a')).rejects.toMatchObject({ code: 'WB_XML_SYNTAX' });
  });

  it('passes on the errors of the machine, its deadline and an abort', async () => {
    const host = new FakeHost().on('virsh', pinned);
    host.fail('exec', 'hang');
    await expect(new Virsh(host, { timeoutMs: 20 }).domain('a')).rejects.toMatchObject({
      code: 'WB_HOST_TIMEOUT',
    });
    host.fail('exec', 'hang');
    const controller = new AbortController();
    const reading = new Virsh(host).domain('a', { signal: controller.signal });
    controller.abort();
    await expect(reading).rejects.toMatchObject({ code: 'WB_HOST_ABORTED' });
  });
});
