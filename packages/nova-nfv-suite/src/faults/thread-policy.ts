import { CpuSet } from '@whitebox/core';
import type { Fault } from './fault.js';
import { moveThread, moveVcpu, swapVcpus } from './tools/move-threads.js';
import { firstOf, sharedOf } from './tools/server-of.js';

export const threadPolicy: readonly Fault[] = [
  {
    testName: 'a guest with thread policy prefer gets both threads of a core on a host with SMT',
    what: 'the kernel runs a vCPU on another core',
    layer: 'kernel',
    step: 'boot',
    break: moveThread(1, sharedOf),
    expects: /vCPU 1: domain XML \d+, kernel \d+/,
  },
  {
    testName:
      'a guest with thread policy require goes to a host with SMT and gets whole cores, two vCPUs on each',
    what: 'two vCPUs change places across cores, in libvirt and the kernel',
    layer: 'domain XML',
    step: 'boot',
    break: swapVcpus(1, 2),
    expects: /cores of vCPU 0 and 1: expected .* to have a length of 1 but got 2/,
  },
  {
    testName: 'a guest with thread policy isolate goes to a host without SMT and has cores to itself',
    what: 'a vCPU runs on the core of the other',
    layer: 'domain XML',
    step: 'boot',
    break: moveVcpu(1, async (server) => {
      const [core = CpuSet.empty] = await server.host.coresOf((await server.cpus()).vcpu(0));
      return CpuSet.of(core.ids.at(-1) ?? firstOf(core));
    }),
    expects: /cores of two isolated vCPUs: expected .* to have a length of 2 but got 1/,
  },
];
