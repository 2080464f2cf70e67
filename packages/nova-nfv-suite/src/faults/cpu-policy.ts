import type { Fault } from './fault.js';
import { cellPath, editTopology } from './tools/edit-database.js';
import { moveThread, moveVcpu } from './tools/move-threads.js';
import { dedicatedOf, sharedOf } from './tools/server-of.js';

export const cpuPolicy: readonly Fault[] = [
  {
    testName: 'a guest with shared CPUs floats over the shared set of its host and is pinned nowhere',
    what: 'a vCPU is pinned',
    layer: 'domain XML',
    step: 'boot',
    break: moveVcpu(0, sharedOf),
    expects: /expected \[ \+?0 \] to deeply equal \[\]/,
  },
  {
    testName: 'two guests with dedicated CPUs on one host share none',
    what: 'a vCPU of the second guest runs on the CPU of the first',
    layer: 'domain XML',
    step: 'boot',
    nth: 2,
    break: moveVcpu(0, dedicatedOf),
    expects: /vCPU 0: domain XML \d+, database \d+/,
  },
  {
    testName: 'a resize from dedicated to shared CPUs gives the dedicated ones back',
    what: 'the kernel holds a vCPU on one CPU',
    layer: 'kernel',
    step: 'resize',
    break: moveThread(0, dedicatedOf),
    expects: /vCPU 0: domain XML [\d,-]+, kernel \d+/,
  },
  {
    testName: 'a resize from shared to dedicated CPUs pins the guest',
    what: 'the database has another CPU',
    layer: 'database',
    step: 'resize',
    break: editTopology(`JSON_SET(numa_topology, '${cellPath}.cpu_pinning_raw."0"', 99)`),
    expects: /vCPU 0: domain XML \d+, database 99/,
  },
  {
    testName: 'a hard reboot keeps the dedicated CPUs of a guest',
    what: 'the reboot moves a vCPU onto a shared CPU',
    layer: 'domain XML',
    step: 'hard-reboot',
    break: moveVcpu(0, sharedOf),
    expects: /CPUs [\d,-]+, expected [\d,-]+/,
  },
];
