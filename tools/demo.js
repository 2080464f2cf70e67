// npm run demo: from a fresh clone to the verdicts of the NFV suite on a real cloud. Without --all the cases that show best
// what the suite is about: the whole of it takes about twenty minutes.
import './support/require-node.js';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap } from './bootstrap.js';
import {
  labObstacles,
  resultsFolder,
  runLab,
  runningLab,
  runSuite,
  suiteCases,
  whyNoLab,
} from './support/lab-control.js';
import { forwardInterrupts, interrupted, nx } from './support/processes.js';
import { formatSeconds, Progress } from './support/progress.js';
import { cache } from './support/repository.js';

/** Files of cases that are shown. */
const shown = [
  'cpu-policy',
  'emulator-threads',
  'hugepages',
  'live-migration',
  'mixed-policy',
  'multi-numa',
].concat(['rebuild', 'thread-policy', 'vtpm', 'watchdog']);

const { values: options } = parseArgs({ options: { all: { type: 'boolean', default: false } } });
const progress = new Progress();
const started = performance.now();
forwardInterrupts((text) => {
  progress.line(text);
});

/** Ends the demo with a reason that says what to do.
 * @param {string} [reason]
 * @returns {never}
 */
function giveUp(reason) {
  progress.stop();
  if (interrupted()) process.exit(130);
  if (reason !== undefined) console.error(reason);
  process.exit(1);
}

/**
 * @param {string} title
 * @param {readonly string[]} args of nx
 */
async function build(title, args) {
  const task = progress.start(title);
  const log = join(cache, 'demo-build.log');
  const { code, tail } = await nx(args, { log });
  task.end(code === 0 ? 'ok' : 'failed');
  if (code !== 0) giveUp(`${tail.join('\n')}\nThe build failed; all of its output: ${log}`);
}

async function bringUp() {
  const task = progress.start('lab up');
  const { code } = await runLab(['up'], {
    onLine: (line) => {
      progress.line(`    ${line}`);
    },
  });
  task.end(code === 0 ? 'ok' : 'failed');
  if (code !== 0) giveUp('The lab did not come up; the lines above name the stage and its log.');
}

/** @param {string | undefined} obstacle */
function giveUpOver(obstacle) {
  if (obstacle === undefined) return;
  giveUp(
    `The demo brings up a cloud of its own on this machine, which is not possible here: ${obstacle}.\n` +
      'To test a cloud that exists: npx whitebox run @whitebox/nova-nfv-suite --config tempest.conf',
  );
}

if (!(await bootstrap(progress))) giveUp();
// The lab first: it takes longest to start and needs none of the packages.
await build('build the lab', ['run', '@whitebox/lab:build']);
giveUpOver(whyNoLab());
const wasUp = (await runningLab()) !== undefined;
if (!wasUp) giveUpOver(await labObstacles());
if (wasUp) progress.line('✓ the lab is up already');
await Promise.all([wasUp || bringUp(), build('build the packages', ['run-many', '-t', 'build'])]);

const lab = await runningLab();
if (lab === undefined)
  giveUp('The lab said that it is up, but its hosts do not answer: npm run lab -- status');

const results = resultsFolder('demo');
progress.line('');
progress.stop();
const cases = await suiteCases();
const chosen = cases.filter(({ file }) => options.all || shown.includes(file));
if (!options.all)
  console.log(`${chosen.length} of ${cases.length} cases; all of them: npm run demo -- --all`);
const { code } = await runSuite(lab, results, { show: true, cases: options.all ? undefined : chosen });

const took = formatSeconds((performance.now() - started) / 1000);
console.log(`
${code === 0 ? 'Demo passed' : interrupted() ? 'Demo interrupted' : 'Demo failed'} in ${took}.`);
if (existsSync(results)) console.log(`  Results    ${relative(process.cwd(), results)}`);
console.log(`  Look       npm run lab -- ssh controller
  Take down  npm run lab -- down`);
process.exitCode = interrupted() ? 130 : code;
