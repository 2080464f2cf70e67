import { CpuSet } from '@whitebox/core';
import { run } from '@whitebox/host';
import { readQemuThreads } from '@whitebox/kernel';
import type { TestServer } from '@whitebox/testkit';
import type { Break } from '../fault.js';
import { firstOf, serverOf } from './server-of.js';

/** Where a thread is moved to: the first of these CPUs. */
type Cpus = (server: TestServer) => CpuSet | Promise<CpuSet>;

/** libvirt and kernel: a vCPU is moved. */
export function moveVcpu(vcpu: number, to: Cpus): Break {
  return async (step) => {
    const server = serverOf(step);
    const cpu = firstOf(await to(server));
    await server.host.virsh.vcpuPin(server.domain, vcpu, CpuSet.of(cpu));
  };
}

/** libvirt and kernel: two vCPUs have each other's CPUs; as a set these are what they were. */
export function swapVcpus(one: number, other: number): Break {
  return async (step) => {
    const server = serverOf(step);
    const { host, domain } = server;
    const cpus = await server.cpus();
    await host.virsh.vcpuPin(domain, one, cpus.vcpu(other));
    await host.virsh.vcpuPin(domain, other, cpus.vcpu(one));
  };
}

/** libvirt and kernel: the emulator's threads are moved. */
export function moveEmulator(to: Cpus): Break {
  return async (step) => {
    const server = serverOf(step);
    const cpu = firstOf(await to(server));
    await server.host.virsh.emulatorPin(server.domain, CpuSet.of(cpu));
  };
}

/** Kernel alone: libvirt and Nova still believe in the old affinity. */
export function moveThread(vcpu: number, to: Cpus): Break {
  return async (step) => {
    const server = serverOf(step);
    const { host, domain } = server;
    const cpu = firstOf(await to(server));
    const { vcpus } = await readQemuThreads(host.machine, { domain });
    const thread = vcpus.get(vcpu);
    if (thread === undefined) throw new Error(`${domain} has no thread for vCPU ${vcpu}`);
    await run(host.machine, ['taskset', '-pc', String(cpu), String(thread.tid)]);
  };
}
