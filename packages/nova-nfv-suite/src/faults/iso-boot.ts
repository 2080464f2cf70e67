import type { Fault } from './fault.js';
import { editInactiveXml } from './tools/edit-domain.js';

const asked = 'a guest boots from the CD that its request asks for, also after a hard reboot';
const diskNextTime = editInactiveXml(`(device=.)cdrom`, 'disk');

export const isoBoot: readonly Fault[] = [
  {
    testName: 'a guest boots from the CD that its image is, also after a hard reboot',
    what: 'the next start would make a disk of the CD',
    layer: 'inactive XML',
    source: 'lp#2054446',
    step: 'boot',
    break: diskNextTime,
    expects: /CDs of the inactive XML: expected/,
  },
  {
    testName: asked,
    what: 'the next start would make a disk of the CD',
    layer: 'inactive XML',
    source: 'lp#2054446',
    step: 'hard-reboot',
    break: diskNextTime,
    expects: /CDs of the inactive XML: expected/,
  },
];
