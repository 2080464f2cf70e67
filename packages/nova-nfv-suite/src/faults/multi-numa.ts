import type { Fault } from './fault.js';
import { editInactiveXml } from './tools/edit-domain.js';
import { moveThread } from './tools/move-threads.js';

export const multiNuma: readonly Fault[] = [
  {
    testName:
      'a guest with mixed CPUs over two equal cells has floating and dedicated vCPUs in each host cell',
    what: 'the kernel lets a floating vCPU run in the host cell of the other guest cell',
    layer: 'kernel',
    step: 'boot',
    break: moveThread(2, async (server) => (await server.cpus()).vcpu(0)),
    expects: /vCPU 2: domain XML [\d,-]+, kernel \d+/,
  },
  {
    testName:
      'a guest with mixed CPUs over two unequal cells has each vCPU and its memory in the host cell of its own cell',
    what: 'the next reboot would take the memory of cell 1 from another host cell',
    layer: 'inactive XML',
    step: 'boot',
    break: editInactiveXml(/(<memnode cellid=.1. mode=.strict. nodeset=.)\d+/.source, '99'),
    expects: /memory of cell 1: domain XML .* on \d, inactive XML .* on 99/,
  },
];
