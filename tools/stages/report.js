import { found } from './machine.js';
import { skipped } from './stage.js';
import { countTests, runVitest } from './unit.js';

/** @typedef {import('./stage.js').Stage} Stage */

const browserTests = ['--config', 'packages/report/browser/vitest.config.ts'];

/** @type {Stage} */
export const report = {
  name: 'report',
  title: 'the page of a run in Chromium: light, dark, narrow, by keyboard, and with axe',
  usesBuild: true,
  run: async ({ log }) => {
    if (!['chromium', 'chromium-browser', 'google-chrome'].some((name) => found(name) !== undefined))
      return skipped(await countTests(browserTests), 'there is no Chromium');
    return runVitest('report', browserTests, log);
  },
};
