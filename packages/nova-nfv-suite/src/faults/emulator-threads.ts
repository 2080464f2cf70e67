import { CpuSet } from '@whitebox/core';
import type { Break, Fault } from './fault.js';
import { changeComputes } from './tools/configuration.js';
import { cellPath, editTopology } from './tools/edit-database.js';
import { moveEmulator } from './tools/move-threads.js';
import { dedicatedOf, dedicatedOfOthers, firstOf } from './tools/server-of.js';

/** An option: every host gets one dedicated CPU more than the case has counted. */
const extendDedicatedSets: Break = async (step, session) => {
  if (!step.text.includes('must fail')) return;
  await changeComputes(step, session, ({ dedicated, shared }) => {
    const taken = CpuSet.of(firstOf(shared));
    return [
      { section: 'compute', option: 'cpu_dedicated_set', value: dedicated.union(taken).toString() },
      { section: 'compute', option: 'cpu_shared_set', value: shared.difference(taken).toString() || null },
    ];
  });
};

export const emulatorThreads: readonly Fault[] = [
  {
    testName: 'emulator threads with policy share run on the shared set of the host',
    what: 'the emulator runs on a dedicated CPU',
    layer: 'domain XML',
    step: 'boot',
    break: moveEmulator(dedicatedOf),
    expects: /CPUs \d+, expected [\d,-]+/,
  },
  {
    testName:
      'emulator threads with policy share stay on the dedicated CPUs of their guest where no shared set is configured',
    what: 'the emulator of the second guest runs on the CPU of the first',
    layer: 'domain XML',
    step: 'boot',
    nth: 2,
    break: moveEmulator(dedicatedOfOthers),
    expects: /CPUs \d+, expected \d+/,
  },
  {
    testName: 'emulator threads with policy isolate get a dedicated CPU of their own',
    what: 'the database reserves another CPU for them',
    layer: 'database',
    step: 'boot',
    break: editTopology(`JSON_SET(numa_topology, '${cellPath}.cpuset_reserved', JSON_ARRAY(99))`),
    expects: /CPUs \d+, expected 99/,
  },
  {
    testName:
      'a guest with policy isolate does not start where no dedicated CPU is left for its emulator threads',
    what: 'an option gives every host a dedicated CPU more',
    layer: 'configuration',
    step: 'boot',
    before: true,
    break: extendDedicatedSets,
    expects: /which must fail: it became ACTIVE/,
  },
];
