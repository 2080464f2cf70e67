import type { Fault } from './fault.js';
import { editInactiveXml } from './tools/edit-domain.js';

const asked = 'a guest boots from the CD that its request asks for, also after a hard reboot';
/** Where a bug makes a disk of the CD (lp#2054446), it is that disk that goes. */
const noCdNextTime = editInactiveXml(
  /()<disk type='file' device='(?:cdrom|disk)'>[\s\S]*?<\/disk>/.source,
  '',
);

export const isoBoot: readonly Fault[] = [
  {
    testName: 'a guest boots from the CD that its image is, also after a hard reboot',
    what: 'the next start would have no CD',
    layer: 'inactive XML',
    source: 'lp#2054446',
    step: 'boot',
    break: noCdNextTime,
    expects: /CDs of the (live|inactive) XML: expected/,
  },
  {
    testName: asked,
    what: 'the next start would have no CD',
    layer: 'inactive XML',
    source: 'lp#2054446',
    step: 'hard-reboot',
    break: noCdNextTime,
    expects: /CDs of the inactive XML: expected/,
  },
];
