import type { Fault } from './fault.js';
import { pinVcpuInInactiveXml } from './tools/edit-domain.js';
import { moveThread, moveVcpu } from './tools/move-threads.js';
import { dedicatedOf, dedicatedOfOthers, sharedOf } from './tools/server-of.js';

export const liveMigration: readonly Fault[] = [
  {
    testName: 'a live migration gives a guest dedicated CPUs and emulator threads of its new host',
    what: 'the migrated guest runs on the CPU of the one that was there',
    layer: 'domain XML',
    step: 'live-migrate',
    break: moveVcpu(0, dedicatedOfOthers),
    expects: /vCPU 0: domain XML \d+, database \d+/,
  },
  {
    testName: 'guests with dedicated and shared CPUs live migrate to a host that has both kinds',
    what: 'the kernel runs the dedicated vCPU on a shared CPU',
    layer: 'kernel',
    step: 'live-migrate',
    nth: 2,
    break: moveThread(0, sharedOf),
    expects: /vCPU 0: domain XML \d+, kernel \d+/,
  },
  {
    testName: 'a guest with shared CPUs floats over the shared set of the host to which it live migrated',
    what: 'the kernel holds the migrated vCPU on a dedicated CPU',
    layer: 'kernel',
    step: 'live-migrate',
    break: moveThread(0, dedicatedOf),
    expects: /vCPU 0: domain XML [\d,-]+, kernel \d+/,
  },
  {
    testName: 'a soft reboot after a live migration keeps the dedicated CPUs of the new host',
    what: 'the next reboot would start from another pin',
    layer: 'inactive XML',
    source: 'lp#1890501',
    step: 'live-migrate',
    break: pinVcpuInInactiveXml(0, sharedOf),
    expects: /vcpupin 0: domain XML \d+, inactive XML \d+/,
  },
];
