// An observer that breaks the cloud once in every case, behind the back of the API. Only for clouds made for tests.
import type { Observer } from '@whitebox/testkit';
import { faults } from './faults.suite.js';

const seen = new Map<string, number>();

const observer: Observer = {
  async beforeStep(step, session) {
    const fault = faults.find(({ testName }) => testName === step.testName);
    if (fault?.before === true && fault.step === step.kind) await fault.break(step, session);
  },

  async afterStep(step, session) {
    const fault = faults.find(({ testName }) => testName === step.testName);
    if (fault?.step !== step.kind || fault.before === true) return;
    const times = (seen.get(step.testName) ?? 0) + 1;
    seen.set(step.testName, times);
    if (times === (fault.nth ?? 1)) await fault.break(step, session);
  },
};

export default observer;
