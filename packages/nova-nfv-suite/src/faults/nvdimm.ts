import type { Fault } from './fault.js';
import { editInactiveXml } from './tools/edit-domain.js';
import { editRow } from './tools/edit-database.js';

const whole =
  'a guest with persistent memory has the whole namespace as an NVDIMM, over reboots and stops, until it is deleted';

export const nvdimm: readonly Fault[] = [
  {
    testName: whole,
    what: 'the next start would give it half of the namespace',
    layer: 'inactive XML',
    step: 'boot',
    break: editInactiveXml("(<memory model=.nvdimm.(?s:.*?)<size unit='KiB'>)[0-9]+", '16384'),
    expects: /persistent memory \S+ \(\S+\): inactive XML 16384 KiB, the host \d+ KiB/,
  },
  {
    testName: whole,
    what: 'the database names no namespace after a start',
    layer: 'database',
    step: 'start',
    break: editRow({ table: 'instance_extra', column: 'resources' }, 'NULL'),
    expects: /domain XML has an NVDIMM \S+, the database has not/,
  },
  {
    testName:
      'a guest with persistent memory gets a namespace of each host that it moves to and gives that of the last one back',
    what: 'the next start would give it a namespace that is not its own',
    layer: 'inactive XML',
    step: 'cold-migrate',
    break: editInactiveXml('(<path>/dev/)dax[0-9]', 'dax9'),
    expects: /persistent memory \S+ \(\S+\): inactive XML has no NVDIMM with it/,
  },
  {
    testName: 'a live migration gives a guest a namespace of persistent memory of its new host',
    what: 'the database names another namespace after the migration',
    layer: 'database',
    step: 'live-migrate',
    // Whichever size the case chose.
    break: editRow({ table: 'instance_extra', column: 'resources' }, "REPLACE(resources, 'pmem-', 'other-')"),
    expects: /the database has persistent memory other-\d+-\d+, the host has not/,
  },
  {
    testName: 'a resize takes persistent memory from a guest and gives it some',
    what: 'the database still names the namespace of the old flavor',
    layer: 'database',
    step: 'resize',
    nth: 2,
    break: editRow({ table: 'instance_extra', column: 'resources' }, 'NULL'),
    expects:
      /CUSTOM_PMEM_NAMESPACE_\w+: Placement 1, the database 0|domain XML has an NVDIMM \S+, the database/,
  },
];
