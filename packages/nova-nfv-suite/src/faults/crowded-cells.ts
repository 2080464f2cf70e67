import type { Fault } from './fault.js';
import { cellPath, editTopology } from './tools/edit-database.js';

const testName =
  'a guest of hugepages that live migrates to a host whose same cell is taken gets the other cell, memory and CPUs';
const step = 'live-migrate';

export const crowdedCells: readonly Fault[] = [
  {
    testName,
    what: 'the database has the memory in another cell',
    layer: 'database',
    source: 'lp#1417667',
    step,
    break: editTopology(`JSON_SET(numa_topology, '${cellPath}.id', 7)`),
    expects: /memory of cell 0: domain XML .* on \d, database .* on 7/,
  },
];
