import type { Fault } from './fault.js';
import { cellPath, editTopology } from './tools/edit-database.js';
import { pinVcpuInInactiveXml } from './tools/edit-domain.js';
import { moveThread, moveVcpu } from './tools/move-threads.js';
import { sharedOf } from './tools/server-of.js';
import { setAllocations } from './tools/set-allocations.js';

const confirmed =
  'a resize on its own host gives a guest other dedicated CPUs, and gives back the old ones when it is confirmed';
const reverted =
  'a resize on its own host that is reverted brings back the very CPUs that a guest had, and gives back the others';

const counting =
  'a host counts its resources without an error while a guest with dedicated CPUs is resized on it';

export const sameHostResize: readonly Fault[] = [
  {
    testName: confirmed,
    what: 'the guest runs on a shared CPU while it waits for the confirmation',
    layer: 'domain XML',
    step: 'resize',
    break: moveVcpu(0, sharedOf),
    expects: /CPUs [\d,-]+, expected only some of/,
  },
  {
    testName: confirmed,
    what: 'Placement has the guest on another host as well after the confirmation',
    layer: 'Placement',
    step: 'confirm-resize',
    break: setAllocations('both hosts'),
    expects: /to deeply equal \{|to match object \{/,
  },
  {
    testName: confirmed,
    what: 'the next reboot would start from another pin',
    layer: 'inactive XML',
    step: 'confirm-resize',
    break: pinVcpuInInactiveXml(0, sharedOf),
    expects: /vcpupin 0: domain XML \d+, inactive XML \d+/,
  },
  {
    testName: reverted,
    what: 'the database has another CPU after the revert',
    layer: 'database',
    step: 'revert-resize',
    break: editTopology(`JSON_SET(numa_topology, '${cellPath}.cpu_pinning_raw."0"', 99)`),
    expects: /vCPU 0: domain XML \d+, database 99/,
  },
  {
    testName: reverted,
    what: 'the kernel runs a vCPU on a shared CPU after the revert',
    layer: 'kernel',
    step: 'revert-resize',
    break: moveThread(0, sharedOf),
    expects: /vCPU 0: domain XML \d+, kernel \d+/,
  },
  {
    testName: counting,
    what: 'the guest has another CPU in the database while it waits for the confirmation',
    layer: 'database',
    step: 'resize',
    break: editTopology(`JSON_SET(numa_topology, '${cellPath}.cpu_pinning_raw."0"', 99)`),
    expects: /vCPU 0: domain XML \d+, database 99/,
  },
];
