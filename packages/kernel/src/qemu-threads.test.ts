import { readFileSync } from 'node:fs';
import { LocalHost } from '@whitebox/host';
import { FakeHost } from '@whitebox/host/testing';
import { describe, expect, it } from 'vitest';
import { readQemuThreads } from './qemu-threads.js';

// A guest with two IOThreads, one of them pinned, VNC, huge pages and two of its three vCPUs scheduled in real time.
const recorded = readFileSync(new URL('../testdata/threads-nfv.txt', import.meta.url), 'utf8');
const target = { domain: 'libvirtxml-nfv' };

function saying(stdout: string): FakeHost {
  return new FakeHost({ name: 'compute1' }).on('sh', stdout);
}

describe('readQemuThreads', () => {
  it('tells each thread, where it may run and how it is scheduled', async () => {
    const host = saying(recorded);
    const { threads } = await readQemuThreads(host, target);
    expect(host.commands).toHaveLength(1);
    const show = threads.map(({ tid, name, role, allowedCpus, policy, priority }) => [
      tid,
      name,
      'index' in role ? `${role.kind} ${role.index}` : role.kind,
      String(allowedCpus),
      policy,
      priority,
    ]);
    expect(show).toEqual([
      [2435, 'qemu-system-x86', 'emulator', '0', 'other', 0],
      [2437, 'qemu-system-x86', 'emulator', '0', 'other', 0],
      [2438, 'TC tc-ram-node0', 'worker', '0-3', 'other', 0],
      [2439, 'IO iothread1', 'iothread 1', '0-1', 'other', 0],
      [2440, 'IO iothread2', 'iothread 2', '0-3', 'other', 0],
      [2441, 'IO mon_iothread', 'emulator', '0', 'other', 0],
      [2442, 'CPU 0/TCG', 'vcpu 0', '1', 'other', 0],
      [2443, 'CPU 1/TCG', 'vcpu 1', '2', 'fifo', 1],
      [2444, 'CPU 2/TCG', 'vcpu 2', '3', 'fifo', 1],
      [2445, 'vnc_worker', 'vnc', '0', 'other', 0],
    ]);
    expect(threads.map(({ allowedNodes }) => String(allowedNodes))).toEqual(threads.map(() => '0'));
  });

  it('gives the threads by what they are for', async () => {
    const { vcpus, ioThreads, emulator } = await readQemuThreads(saying(recorded), target);
    expect([...vcpus].map(([vcpu, { tid }]) => [vcpu, tid])).toEqual([
      [0, 2442],
      [1, 2443],
      [2, 2444],
    ]);
    expect([...ioThreads.keys()]).toEqual([1, 2]);
    expect(emulator.map(({ tid }) => tid)).toEqual([2435, 2437, 2441]);
  });

  it('tells the process too, so that a later reading can be known to be of the same one', async () => {
    const { process } = await readQemuThreads(saying(recorded), target);
    expect(process).toMatchObject({ pid: 2435, name: 'qemu-system-x86', state: 'S' });
    expect(process.startTicks).toBeGreaterThan(100_000);
    expect(process.commandLine.slice(0, 3)).toEqual([
      '/usr/bin/qemu-system-x86_64',
      '-name',
      'guest=libvirtxml-nfv,debug-threads=on',
    ]);
  });

  it.each([
    ['before its status was read', /task\/2445\/status:.*\n/g],
    ['before anything of it was read', /task\/2445\/.*\n/g],
  ])('leaves out a worker that ended %s', async (_, lines) => {
    const reply = {
      stdout: recorded.replaceAll(lines, ''),
      stderr: 'grep: task/2445/status: No such process',
      exitCode: 0,
    };
    const { threads } = await readQemuThreads(new FakeHost().on('sh', reply), target);
    expect(threads).toHaveLength(9);
    expect(threads.some(({ tid }) => tid === 2445)).toBe(false);
  });

  it('leaves out a thread that has ended and is not yet collected', async () => {
    const zombie = recorded.replace(
      'task/2445/stat:2445 (vnc_worker) S',
      'task/2445/stat:2445 (vnc_worker) Z',
    );
    const { threads } = await readQemuThreads(saying(zombie), target);
    expect(threads).toHaveLength(9);
  });

  it.each([
    ['allowed CPUs that are no list', 'Cpus_allowed_list:\t2', 'Cpus_allowed_list:\t2-'],
    ['a status without allowed CPUs', /task\/2443\/status:Cpus_allowed_list.*\n/, ''],
    ['a stat line that is cut', /(task\/2443\/stat:2443 \(CPU 1\/TCG\) \S).*/, '$1'],
  ])('fails on %s instead of leaving the thread out', async (_, what, instead) => {
    const reading = readQemuThreads(saying(recorded.replace(what, instead)), target);
    await expect(reading).rejects.toMatchObject({ code: 'WB_KERNEL_UNREADABLE', host: 'compute1' });
  });

  it.each([
    [
      'there is no pid file',
      { stderr: 'cat: /run/libvirt/qemu/x.pid: No such file or directory', exitCode: 66 },
    ],
    ['the process has ended', { stdout: 'pid:7\n', stderr: 'sh: cd: /proc/7: No such file', exitCode: 66 }],
    ['it ends while it is read', { stdout: 'pid:7\n==command line==\n', exitCode: 0 }],
    ['nothing came back', ''],
  ])('says that there is no such domain when %s', async (_, reply) => {
    const reading = readQemuThreads(new FakeHost({ name: 'compute1' }).on('sh', reply), { domain: 'x' });
    await expect(reading).rejects.toMatchObject({ code: 'WB_KERNEL_NO_PROCESS', host: 'compute1' });
    await expect(reading).rejects.toThrow(/QEMU threads of domain x on compute1/);
  });

  it('does not take another process for the domain when a pid file is out of date', async () => {
    const reading = readQemuThreads(saying(recorded), { domain: 'libvirtxml' });
    await expect(reading).rejects.toMatchObject({ code: 'WB_KERNEL_NO_PROCESS' });
    await expect(reading).rejects.toThrow(
      /process 2435, which its pid file names, is .*guest=libvirtxml-nfv/,
    );
  });

  it('says that it needs root where only root may read', async () => {
    const reply = { stderr: 'cat: /run/libvirt/qemu/x.pid: Permission denied', exitCode: 66 };
    const reading = readQemuThreads(new FakeHost().on('sh', reply), { domain: 'x' });
    await expect(reading).rejects.toMatchObject({ code: 'WB_KERNEL_DENIED' });
    await expect(reading).rejects.toThrow(/asRoot/);
  });

  it.each([{ domain: '../../etc/x' }, { domain: '' }, { pid: 0 }, { pid: -1 }, { pid: 1.5 }])(
    'runs nothing for the impossible %j',
    async (impossible) => {
      const host = new FakeHost();
      await expect(readQemuThreads(host, impossible)).rejects.toMatchObject({ code: 'WB_KERNEL_NO_PROCESS' });
      expect(host.commands).toEqual([]);
    },
  );

  it.runIf(process.platform === 'linux')('reads the threads of a process of this machine', async () => {
    const { process: read, threads } = await readQemuThreads(new LocalHost(), { pid: process.pid });
    expect(read.pid).toBe(process.pid);
    expect(read.commandLine[0]).toContain('node');
    expect(threads.length).toBeGreaterThan(4);
    expect(threads[0]).toMatchObject({ tid: process.pid, role: { kind: 'emulator' } });
    for (const { allowedCpus } of threads) expect(allowedCpus.isEmpty).toBe(false);
  });
});
