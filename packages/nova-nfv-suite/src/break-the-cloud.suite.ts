// An observer that breaks the cloud once in every case, behind the back of the API. Only for clouds made for tests.
// The file WHITEBOX_FAULTS_CHOSEN says which of its faults each case gets; without it that is the first of each.
// The names of the cases whose fault was brought about go into the file WHITEBOX_FAULTS_LOG.
import { appendFile } from 'node:fs/promises';
import type { CloudSession, Observer, Step } from '@whitebox/testkit';
import { faults, type Fault } from './faults/index.js';
import { chosenVariable, readChosenFaults } from './faults/proof/chosen-faults.js';
import { logVariable } from './faults/proof/run-passes.js';

const chosen = readChosenFaults(faults, process.env[chosenVariable]);
const log = process.env[logVariable];
/** How many steps of its kind the case of a fault has begun. */
const begun = new Map<Fault, number>();

function faultOf(step: Step): Fault | undefined {
  const fault = chosen.get(step.testName);
  return fault?.step === step.kind ? fault : undefined;
}

async function breakIfDue(fault: Fault, step: Step, session: CloudSession): Promise<void> {
  if (begun.get(fault) !== (fault.nth ?? 1)) return;
  await fault.break(step, session);
  if (log !== undefined) await appendFile(log, `${fault.testName}\n`);
}

const observer: Observer = {
  async beforeStep(step, session) {
    const fault = faultOf(step);
    if (fault === undefined) return;
    begun.set(fault, (begun.get(fault) ?? 0) + 1);
    if (fault.before === true) await breakIfDue(fault, step, session);
  },

  async afterStep(step, session) {
    const fault = faultOf(step);
    if (fault !== undefined && fault.before !== true) await breakIfDue(fault, step, session);
  },
};

export default observer;
