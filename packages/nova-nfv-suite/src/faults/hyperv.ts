import type { Fault } from './fault.js';
import { editInactiveXml } from './tools/edit-domain.js';
import { startDomainWith } from './tools/restart-domain.js';

export const hyperv: readonly Fault[] = [
  {
    testName: 'a Windows guest has the Hyper-V enlightenments, also after a hard reboot',
    what: 'the hard reboot loses one',
    layer: 'domain XML',
    step: 'hard-reboot',
    break: startDomainWith('(<tlbflush state=.)on', 'off'),
    expects: /missing enlightenments/,
  },
  {
    testName: 'a Windows guest keeps its Hyper-V enlightenments through a live migration',
    what: 'after the next start the migrated guest would lack one',
    layer: 'inactive XML',
    step: 'live-migrate',
    break: editInactiveXml('(<tlbflush state=.)on', 'off'),
    expects: /inactive XML against domain XML/,
  },
];
