import { LabError, exitCodes } from '../errors.js';
import { skewClock } from './clock-fault.js';
import { fillDisk } from './disk-fault.js';
import type { FaultKind } from './fault.js';
import { cutNetwork } from './network-fault.js';
import { patchFile } from './patch-fault.js';
import { killInMigration, killService, stopService } from './service-faults.js';

/** Every way to break a lab, in the order in which `lab fault list` names them. */
export const faultKinds: readonly FaultKind[] = [
  stopService,
  killService,
  killInMigration,
  cutNetwork,
  fillDisk,
  skewClock,
  patchFile,
];

/** @throws LabError for a name that no kind has */
export function faultKind(name: string): FaultKind {
  const kind = faultKinds.find((each) => each.name === name);
  if (kind !== undefined) return kind;
  throw new LabError('WB_LAB_USAGE', `There is no fault ${name}.`, {
    advice: `There are ${faultKinds.map((each) => each.name).join(', ')}.`,
    exitCode: exitCodes.usage,
  });
}
