import type { Fault } from './fault.js';
import { cellPath, editTopology } from './tools/edit-database.js';
import { moveThread, swapVcpus } from './tools/move-threads.js';
import { sharedOf } from './tools/server-of.js';

export const suspend: readonly Fault[] = [
  {
    testName: 'a guest keeps its dedicated CPUs while it is paused, and its process with them',
    what: 'the kernel runs a vCPU on a shared CPU',
    layer: 'kernel',
    step: 'unpause',
    break: moveThread(0, sharedOf),
    expects: /vCPU 0: domain XML \d+, kernel \d+/,
  },
  {
    testName:
      'a guest has its dedicated CPUs kept while it is suspended, and runs on them when it is resumed',
    what: 'two vCPUs have changed places',
    layer: 'domain XML',
    step: 'resume',
    break: swapVcpus(0, 1),
    expects: /vCPU 0: domain XML \d+, database \d+/,
  },
  {
    testName: 'a guest has its dedicated CPUs kept while it is stopped, and runs on them when it is started',
    what: 'the database has another CPU',
    layer: 'database',
    step: 'start',
    break: editTopology(`JSON_SET(numa_topology, '${cellPath}.cpu_pinning_raw."0"', 99)`),
    expects: /vCPU 0: domain XML \d+, database 99/,
  },
];
