import type { Fault } from './fault.js';
import { cellPath, editTopology } from './tools/edit-database.js';
import { moveVcpu } from './tools/move-threads.js';
import { schedule } from './tools/schedule.js';
import { dedicatedOf } from './tools/server-of.js';

const nameOf = (what: string, keeps: string): string =>
  `${what} has on the host to which it live migrated, and back on the first, ${keeps}`;
const realtime = nameOf(
  'a realtime guest',
  'its scheduling, its locked memory and its emulator away from the realtime CPUs',
);
const step = 'live-migrate';

export const liveMigrationThereAndBack: readonly Fault[] = [
  {
    testName: realtime,
    what: 'the kernel does not schedule a vCPU as realtime on the new host',
    layer: 'kernel',
    step,
    break: schedule(1, 'other'),
    expects: /scheduling of the realtime vCPUs/,
  },
  {
    testName: nameOf('a guest with mixed CPUs', 'a floating vCPU on the shared set and a dedicated one'),
    what: 'the floating vCPU runs on a dedicated CPU when it is back',
    layer: 'domain XML',
    step,
    nth: 2,
    break: moveVcpu(0, dedicatedOf),
    expects: /CPUs \d+, expected [\d,-]+/,
  },
  {
    testName: nameOf('a guest whose emulator threads are isolated', 'a dedicated CPU of their own for them'),
    what: 'the database reserves another CPU for them',
    layer: 'database',
    step,
    break: editTopology(`JSON_SET(numa_topology, '${cellPath}.cpuset_reserved', JSON_ARRAY(99))`),
    expects: /CPUs \d+, expected 99/,
  },
];
