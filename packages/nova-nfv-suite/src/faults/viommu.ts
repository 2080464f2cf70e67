import type { Fault } from './fault.js';
import { editInactiveXml } from './tools/edit-domain.js';

export const viommu: readonly Fault[] = [
  {
    testName: 'a flavor gives q35 guests an Intel IOMMU that remaps interrupts, and resizes take and give it',
    what: 'after the next start interrupts would not be remapped',
    layer: 'inactive XML',
    step: 'resize',
    nth: 2,
    break: editInactiveXml('(intremap=.)on', 'off'),
    expects: /inactive XML against domain XML/,
  },
];
