// An observer that breaks the cloud once in every case, behind the back of the API. Only for clouds made for tests.
// WHITEBOX_FAULTS_PASS says which of its faults each case gets: 1 the first of each, 2 the second, ...
import type { Observer, Step } from '@whitebox/testkit';
import { faults, type Fault } from './faults/index.js';

const pass = Number(process.env['WHITEBOX_FAULTS_PASS'] ?? 1);
/** How many steps of its kind the case of a fault has begun. */
const begun = new Map<Fault, number>();

function faultOf(step: Step): Fault | undefined {
  const fault = faults.filter(({ testName }) => testName === step.testName)[pass - 1];
  return fault?.step === step.kind ? fault : undefined;
}

function isDue(fault: Fault): boolean {
  return begun.get(fault) === (fault.nth ?? 1);
}

const observer: Observer = {
  async beforeStep(step, session) {
    const fault = faultOf(step);
    if (fault === undefined) return;
    begun.set(fault, (begun.get(fault) ?? 0) + 1);
    if (fault.before === true && isDue(fault)) await fault.break(step, session);
  },

  async afterStep(step, session) {
    const fault = faultOf(step);
    if (fault !== undefined && fault.before !== true && isDue(fault)) await fault.break(step, session);
  },
};

export default observer;
