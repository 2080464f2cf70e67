import type { Fault } from './fault.js';
import { moveVcpu } from './tools/move-threads.js';
import { dedicatedOfOthers } from './tools/server-of.js';

const testName =
  'two guests with dedicated CPUs that are evacuated to one host at the same time share none there';

export const evacuationOfPinned: readonly Fault[] = [
  {
    testName,
    what: 'a vCPU of the second guest runs on another CPU of the new host, as that of the first',
    layer: 'domain XML',
    source: 'lp#1791075',
    step: 'evacuate',
    break: moveVcpu(0, dedicatedOfOthers),
    expects: /vCPU 0: domain XML \d+, database \d+/,
  },
];
