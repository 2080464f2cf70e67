import type { Fault } from './fault.js';
import { cellPath, editTopology } from './tools/edit-database.js';
import { takeHugepage } from './tools/take-hugepage.js';

export const hugepages: readonly Fault[] = [
  {
    testName:
      'a live migration there and back takes hugepages of the new host for both cells of a guest, and gives the old ones back',
    what: 'the database has another page size after the migration',
    layer: 'database',
    step: 'live-migrate',
    break: editTopology(`JSON_SET(numa_topology, '${cellPath}.pagesize', 4)`),
    expects: /memory of cell 0: domain XML 65536 KiB in 2048 on \d, database 65536 KiB in 4 on \d/,
  },
  {
    testName:
      'a resize moves a guest from ordinary pages to hugepages, to larger ones and back, and each host counts them',
    what: 'a host loses a hugepage that no guest has',
    layer: 'kernel',
    step: 'resize',
    break: takeHugepage(2048),
    expects: /free hugepages: \w+, 2048 KiB, cell 0: \d+, expected \d+/,
  },
];
