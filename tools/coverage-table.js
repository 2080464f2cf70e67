// npm run coverage-table: writes docs/coverage.md. With --record results.json --profile NAME it first writes down in
// docs/lab-runs.json how the cases ended in a lab of that profile.
import './support/require-node.js';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nx, runNode } from './support/processes.js';
import { root } from './support/repository.js';

const { values: options } = parseArgs({
  options: { record: { type: 'string', multiple: true }, profile: { type: 'string' } },
});
if ((options.record === undefined) !== (options.profile === undefined)) {
  console.error('--record results.json and --profile NAME (of the lab that it ran against) go together.');
  process.exit(2);
}

const built = await nx(['run-many', '-t', 'build', '-p', '@whitebox/nova-nfv-suite', '@whitebox/runner']);
if (built.code !== 0) {
  console.error(built.tail.join('\n'));
  process.exit(1);
}
/** @type {typeof import('../packages/nova-nfv-suite/src/coverage-table/record.suite.js')} */
const { recordRun, withoutOldNames } = await import(
  join(root, 'packages/nova-nfv-suite/dist-test/coverage-table/record.suite.js')
);

const file = join(root, 'docs/lab-runs.json');
/** @type {import('../packages/nova-nfv-suite/src/coverage-table/lab-runs.js').LabRuns} */
let runs = JSON.parse(readFileSync(file, 'utf8'));
for (const results of options.record ?? []) {
  const { started, cases } = JSON.parse(readFileSync(results, 'utf8'));
  runs = recordRun(runs, options.profile ?? '', started.slice(0, 10), cases);
}
/** @type {string[]} */
const listing = [];
await runNode('packages/runner/dist/main.js', ['list', '@whitebox/nova-nfv-suite', '--json'], {
  onLine: (line) => listing.push(line),
});
/** @type {{ name: string }[]} */
const cases = JSON.parse(listing.join('\n'));
writeFileSync(
  file,
  `${JSON.stringify(withoutOldNames(runs, new Set(cases.map(({ name }) => name))), undefined, 2)}\n`,
);

// The test that holds the page against the cases writes it, too.
const { code, tail } = await runNode('node_modules/vitest/vitest.mjs', [
  ...['run', 'packages/nova-nfv-suite/src/coverage-table/coverage.test.ts', '--update'],
]);
if (code !== 0) console.log(tail.join('\n'));
process.exitCode = code;
