import { deviceBreaks } from './devices.suite.js';
import { elsewhereBreaks } from './elsewhere.suite.js';
import { guestBreaks } from './guests.suite.js';
import { hostCpuBreaks } from './host-cpus.suite.js';
import type { LabBreak } from './lab-break.suite.js';
import { pinBreaks } from './pins.suite.js';
import { placementBreaks } from './placement.suite.js';
import { rowBreaks } from './rows.suite.js';

export const allBreaks: readonly LabBreak[] = [
  ...pinBreaks,
  ...guestBreaks,
  ...hostCpuBreaks,
  ...rowBreaks,
  ...deviceBreaks,
  ...placementBreaks,
  ...elsewhereBreaks,
];

/** Invariants that nothing can break in a lab, and why. */
export const inNoLab: Readonly<Record<string, string>> = {
  I26: 'it takes a domain that runs with a device of the host: a lab has no IOMMU for vfio, and no kernel with macvtap or vDPA',
};
