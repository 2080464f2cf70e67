import { CpuSet } from '@whitebox/core';
import { run } from '@whitebox/host';
import { readQemuThreads } from '@whitebox/kernel';
import type { TestServer } from '../../test-server.js';
import type { Undo } from '../../broken-lab.suite.js';
import { freeCpu, pinOf, underWay, type LabBreak } from './lab-break.suite.js';

const both = { config: true } as const;

/** Pins a vCPU to other CPUs, in what runs and in its next start. */
async function pin(server: TestServer, vcpu: number, cpus: CpuSet): Promise<Undo> {
  const { virsh } = server.host;
  const before = await pinOf(server, vcpu);
  await virsh.vcpuPin(server.domain, vcpu, cpus, both);
  return () => virsh.vcpuPin(server.domain, vcpu, before, both);
}

/** Lets a thread of a guest run on CPU 0 alone. */
async function affine(server: TestServer, which: 'vcpu' | 'emulator'): Promise<Undo> {
  const { machine } = server.host;
  const { vcpus, emulator } = await readQemuThreads(machine, { domain: server.domain });
  const thread = which === 'vcpu' ? vcpus.get(1) : emulator[0];
  if (thread === undefined) throw new Error('There is no such thread.');
  const set = (cpus: CpuSet): Promise<unknown> =>
    run(machine, ['taskset', '--pid', '--cpu-list', cpus.toString(), String(thread.tid)]);
  await set(CpuSet.of(0));
  return async () => {
    await set(thread.allowedCpus);
  };
}

/** What libvirt and the kernel do with the CPUs of guests. */
export const pinBreaks: readonly LabBreak[] = [
  {
    what: 'the pins of two vCPUs are swapped',
    finds: ['I6'],
    says: /vCPU 0: expected CPU \d+ \(database\), found \d+ \(domain XML\)/,
    sample: true,
    do: async ({ pinned }) => {
      const [zero, one] = [await pinOf(pinned, 0), await pinOf(pinned, 1)];
      const undo = [await pin(pinned, 0, one), await pin(pinned, 1, zero)];
      return async () => {
        for (const each of undo) await each();
      };
    },
  },
  {
    what: 'the next start of a guest has another pin',
    finds: ['I5'],
    says: /vcpupin 0: expected \d+ in the inactive XML too/,
    do: async ({ pinned, host }) => {
      const before = await pinOf(pinned, 0);
      const set = (cpus: CpuSet): Promise<unknown> =>
        host.virsh.run([
          'vcpupin',
          '--domain',
          pinned.domain,
          '--vcpu',
          '0',
          '--cpulist',
          cpus.toString(),
          '--config',
        ]);
      await set(await pinOf(pinned, 1));
      return async () => {
        await set(before);
      };
    },
  },
  {
    what: 'a vCPU is pinned to a CPU that nobody has',
    finds: ['I6', 'I13'],
    says: /I13 .*emulator/,
    do: async (scene) => pin(scene.pinned, 0, await freeCpu(scene)),
  },
  {
    what: 'a vCPU of a server that is being rebooted is pinned to a CPU that nobody has',
    finds: ['I6'],
    says: /vCPU 0: expected CPU \d+ \(database\), found \d+ \(domain XML\)/,
    do: (scene) => underWay(scene, async () => pin(scene.pinned, 0, await freeCpu(scene))),
  },
  {
    what: 'a vCPU is pinned to the CPU of another guest',
    finds: ['I6', 'I10', 'I13'],
    says: /I10 .*CPU/,
    do: async ({ pinned, neighbour }) => pin(pinned, 0, await pinOf(neighbour, 0)),
  },
  {
    what: 'a guest without NUMA is pinned',
    finds: ['I6'],
    says: /vCPU 0: expected no pin/,
    do: async ({ floating, host }) => {
      const all = (await floating.xml()).vcpus.cpuset ?? host.shared;
      await host.virsh.vcpuPin(floating.domain, 0, CpuSet.of(all.ids[0] ?? 0), both);
      // Nothing of virsh takes a pin away; Nova makes the XML anew.
      return () => floating.hardReboot();
    },
  },
  {
    what: 'a floating vCPU is pinned to one CPU',
    finds: ['I7', 'I13'],
    says: /I7 .*floating vCPU 0/,
    do: async ({ mixed }) => pin(mixed, 0, CpuSet.of((await pinOf(mixed, 0)).ids[0] ?? 0)),
  },
  {
    what: 'the emulator threads of a guest are sent elsewhere',
    finds: ['I13'],
    // libvirt without a cpuset cgroup moves the main thread alone.
    also: ['I16'],
    says: /I13 .*emulator/,
    do: async ({ pinned, host }) => {
      const before = (await pinned.xml()).cpuTune.emulatorPin ?? CpuSet.empty;
      await host.virsh.emulatorPin(pinned.domain, host.shared, both);
      return () => host.virsh.emulatorPin(pinned.domain, before, both);
    },
  },
  {
    what: 'the kernel lets a vCPU run elsewhere',
    finds: ['I16'],
    says: /vCPU 1: expected .* \(domain XML\), found 0 \(kernel\)/,
    sample: true,
    do: ({ pinned }) => affine(pinned, 'vcpu'),
  },
  {
    what: 'the kernel lets an emulator thread run elsewhere',
    finds: ['I16'],
    says: /I16 .*expected .* \(domain XML\), found 0 \(kernel\)/,
    do: ({ pinned }) => affine(pinned, 'emulator'),
  },
];
