// What `npm run coverage-table` needs of the suite: see tools/coverage-table.js.
export { recordRun, withoutOldNames } from './lab-runs.js';
