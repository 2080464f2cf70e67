import type { Fault } from './fault.js';
import { cellPath, editTopology } from './tools/edit-database.js';

const testName = 'a rebuild with an image that asks for other NUMA cells is refused, and changes nothing';

export const rebuildRefused: readonly Fault[] = [
  {
    testName,
    what: 'the database has other memory for the guest',
    layer: 'database',
    step: 'act',
    break: editTopology(`JSON_SET(numa_topology, '${cellPath}.memory', 99)`),
    expects: /to deeply equal/,
  },
];
