import type { Fault } from './fault.js';
import { moveVcpu } from './tools/move-threads.js';
import { sharedOf } from './tools/server-of.js';

const testName =
  'a guest that is shelved and offloaded holds no dedicated CPU, and has some of the host to which it is unshelved';

export const shelve: readonly Fault[] = [
  {
    testName,
    what: 'the guest runs on a shared CPU after it is unshelved',
    layer: 'domain XML',
    step: 'unshelve',
    break: moveVcpu(0, sharedOf),
    expects: /CPUs [\d,-]+, expected only some of/,
  },
];
