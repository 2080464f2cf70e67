import type { Fault } from './fault.js';
import { cellPath, editTopology } from './tools/edit-database.js';
import { moveThread } from './tools/move-threads.js';
import { sharedOf } from './tools/server-of.js';

const restartOf = (service: string): string =>
  `a restart of ${service} changes nothing of a guest with dedicated CPUs, and nothing of what its host offers and accounts for`;
const step = 'restart-service';

export const restarts: readonly Fault[] = [
  {
    testName: restartOf('nova-compute'),
    what: 'the database has other CPUs for the guest',
    layer: 'database',
    step,
    break: editTopology(`JSON_SET(numa_topology, '${cellPath}.cpu_pinning_raw."0"', 99)`),
    expects: /vCPU 0: domain XML \d+, database 99/,
  },
  {
    testName: restartOf('libvirt'),
    what: 'the kernel runs a vCPU on a shared CPU',
    layer: 'kernel',
    step,
    break: moveThread(0, sharedOf),
    expects: /vCPU 0: domain XML \d+, kernel \d+/,
  },
];
