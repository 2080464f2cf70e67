import type { Fault } from './fault.js';
import { cellPath, editTopology } from './tools/edit-database.js';

export const rebuild: readonly Fault[] = [
  {
    testName: 'an in-place rebuild leaves host and dedicated CPUs as they were',
    what: 'the database has other memory for the guest',
    layer: 'database',
    step: 'rebuild',
    break: editTopology(`JSON_SET(numa_topology, '${cellPath}.memory', 99)`),
    expects: /to deeply equal/,
  },
];
