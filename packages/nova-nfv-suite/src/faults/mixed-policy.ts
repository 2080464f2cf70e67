import type { Fault } from './fault.js';
import { moveVcpu } from './tools/move-threads.js';
import { dedicatedOf } from './tools/server-of.js';

export const mixedPolicy: readonly Fault[] = [
  {
    testName:
      'a guest with mixed CPUs has its first vCPU on the shared set and its second on a dedicated CPU',
    what: 'the floating vCPU runs on a dedicated CPU',
    layer: 'domain XML',
    source: 'lp#1994526',
    step: 'boot',
    break: moveVcpu(0, dedicatedOf),
    expects: /CPUs \d+, expected [\d,-]+/,
  },
];
