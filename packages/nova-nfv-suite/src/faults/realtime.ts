import type { Fault } from './fault.js';
import { editInactiveXml } from './tools/edit-domain.js';
import { moveEmulator } from './tools/move-threads.js';
import { schedule } from './tools/schedule.js';

const testName =
  'a realtime guest has exactly the vCPUs of its mask scheduled as realtime, its emulator elsewhere and its memory locked, also after a hard reboot';

export const realtime: readonly Fault[] = [
  {
    testName,
    what: 'the emulator runs on the CPU of a realtime vCPU',
    layer: 'domain XML',
    source: 'lp#1614054',
    step: 'boot',
    break: moveEmulator(async (server) => (await server.cpus()).vcpu(1)),
    expects: /CPUs \d+ and [\d,-]+: in both are \d+/,
  },
  {
    testName,
    what: 'the kernel schedules a realtime vCPU like anything else',
    layer: 'kernel',
    step: 'hard-reboot',
    break: schedule(2, 'other'),
    expects: /scheduling of the realtime vCPUs/,
  },
  {
    testName,
    what: 'the kernel schedules the first vCPU as realtime too',
    layer: 'kernel',
    step: 'boot',
    break: schedule(0, 'fifo'),
    expects: /other threads that the kernel schedules as realtime/,
  },
  {
    testName,
    what: 'the next start would not lock the memory',
    layer: 'inactive XML',
    step: 'boot',
    break: editInactiveXml('(<memoryBacking>\\s*(?:<nosharepages/>\\s*)?)<locked/>', ''),
    expects: /inactive XML against domain XML/,
  },
];
