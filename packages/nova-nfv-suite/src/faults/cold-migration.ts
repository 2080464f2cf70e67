import type { Fault } from './fault.js';
import { cellPath, editTopology } from './tools/edit-database.js';
import { moveVcpu } from './tools/move-threads.js';
import { sharedOf } from './tools/server-of.js';

const confirmed =
  'a cold migration gives a guest dedicated CPUs of its new host, and gives back the old ones when it is confirmed';
const reverted =
  'a cold migration that is reverted brings back the very CPUs that a guest had, and frees the host where it was';

export const coldMigration: readonly Fault[] = [
  {
    testName: confirmed,
    what: 'the guest runs on a shared CPU of its new host',
    layer: 'domain XML',
    step: 'cold-migrate',
    break: moveVcpu(0, sharedOf),
    expects: /CPUs [\d,-]+, expected only some of/,
  },
  {
    testName: reverted,
    what: 'the database has another CPU after the revert',
    layer: 'database',
    step: 'revert-resize',
    break: editTopology(`JSON_SET(numa_topology, '${cellPath}.cpu_pinning_raw."0"', 99)`),
    expects: /vCPU 0: domain XML \d+, database 99/,
  },
];
