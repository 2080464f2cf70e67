import { run } from '@whitebox/host';
import { readQemuThreads } from '@whitebox/kernel';
import type { Break } from '../fault.js';
import { serverOf } from './server-of.js';

/** Kernel alone: a vCPU is scheduled differently; libvirt and Nova still believe in what they asked for. */
export function schedule(vcpu: number, policy: 'fifo' | 'other'): Break {
  return async (step) => {
    const { host, domain } = serverOf(step);
    const thread = (await readQemuThreads(host.machine, { domain })).vcpus.get(vcpu);
    if (thread === undefined) throw new Error(`${domain} has no thread for vCPU ${vcpu}`);
    const priority = policy === 'fifo' ? '1' : '0';
    await run(host.machine, ['chrt', `--${policy}`, '--pid', priority, String(thread.tid)]);
  };
}
