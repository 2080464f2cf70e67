// What `npm run faults` needs of the suite: see tools/faults.js.
export { faults } from './faults/index.js';
export { notProvenYet, provenByUnitTests } from './faults/proven-by-unit-tests.js';
export { faultsMarkdown, faultsTable } from './faults/proof/faults-table.js';
export { proveFaults } from './faults/proof/run-passes.js';
