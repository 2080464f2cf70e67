// npm test: everything that the project can check, stage by stage; the last line has the sum.
import './support/require-node.js';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap } from './bootstrap.js';
import { clients, lifecycle, playbooks, suite } from './stages/end-to-end.js';
import { prepareMachine } from './stages/machine.js';
import { native } from './stages/native.js';
import { correctness, install } from './stages/packages.js';
import { report as reportPages } from './stages/report.js';
import { clearLogs, logs } from './stages/stage.js';
import { format, lint, types } from './stages/static.js';
import { unit, unitElsewhere } from './stages/unit.js';
import { Counts, oneCheck } from './support/counts.js';
import { labObstacles, runLab, runningLab, whyNoLab } from './support/lab-control.js';
import { forwardInterrupts, interrupted, nx } from './support/processes.js';
import { formatSeconds, Progress } from './support/progress.js';
import { root } from './support/repository.js';

/** @typedef {import('./stages/stage.js').Stage} Stage */
/** @typedef {import('./stages/stage.js').Outcome} Outcome */
/** @typedef {import('./support/lab-control.js').LabDescription} LabDescription */

/** In the order in which they run; those that need the lab come last, while it starts. @type {Stage[]} */
const stages = [
  format,
  lint,
  types,
  native,
  unit,
  ...unitElsewhere,
  correctness,
  reportPages,
  install,
  clients,
  suite,
  playbooks,
  lifecycle,
];

const { values: options } = parseArgs({
  options: {
    stage: { type: 'string', multiple: true },
    list: { type: 'boolean' },
    lab: { type: 'boolean', default: true },
  },
  allowNegative: true,
});

if (options.list === true) {
  for (const { name, title } of stages) console.log(`${name.padEnd(12)} ${title}`);
  process.exit(0);
}
const unknown = (options.stage ?? []).filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length > 0) {
  console.error(`There is no stage ${unknown.join(', ')}. npm test -- --list names them.`);
  process.exit(2);
}
const chosen = stages.filter(({ name }) => options.stage?.includes(name) ?? true);

const progress = new Progress();
const started = performance.now();
let total = new Counts();
forwardInterrupts((text) => {
  progress.line(text);
});

/**
 * Runs one piece of work as a line of the report; its counts go into the sum.
 * @param {string} name of its log
 * @param {string} title
 * @param {(log: string, update: (detail: string) => void) => Promise<Outcome>} work
 * @returns {Promise<boolean>} whether nothing of it failed
 */
async function report(name, title, work) {
  const task = progress.start(title);
  const log = join(logs, `${name}.log`);
  /** @type {Outcome} */
  let outcome;
  try {
    outcome = await work(log, task.update);
  } catch (error) {
    outcome = {
      counts: oneCheck(false),
      details: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
    };
  }
  const { counts, details = [] } = outcome;
  total = total.plus(counts);
  const checks = counts.passed + counts.failed + counts.skipped;
  const verdict =
    counts.failed > 0 ? 'failed' : counts.skipped < checks || details.length === 0 ? 'ok' : 'skipped';
  task.end(verdict, checks === 0 ? '' : counts.toString());
  for (const line of details) progress.line(`    ${line}`);
  if (counts.failed > 0) progress.line(`    All of its output: ${relative(root, log)}`);
  return counts.failed === 0;
}

/** @typedef {{ lab?: LabDescription, noLab?: string, ours?: boolean }} Cloud */

/** @returns {Promise<Cloud>} the lab that runs, or why there can be none; neither where one can be brought up */
async function labOrReason() {
  // Before a lab that runs is looked for: its keys and configuration are only for root to read.
  const noLab = options.lab ? whyNoLab() : '--no-lab';
  if (noLab !== undefined) return { noLab };
  const lab = await runningLab();
  if (lab !== undefined) return { lab };
  const obstacles = await labObstacles();
  return obstacles === undefined ? {} : { noLab: obstacles };
}

/** @returns {Promise<Cloud>} the lab for the stages that use it: the one that runs, or a new one */
async function obtainLab() {
  const found = await labOrReason();
  if (found.lab !== undefined || found.noLab !== undefined) return found;
  const up = await report('lab-up', 'lab up', async (log, update) => {
    // Anew: what a killed run has left on the hosts of an earlier one is none of these tests' business.
    const { code, tail } = await runLab(['up', '--fresh'], { log, onLine: update });
    return { counts: oneCheck(code === 0), details: code === 0 ? [] : tail.slice(-15) };
  });
  const own = up ? await runningLab() : undefined;
  return own === undefined ? { noLab: 'the lab did not come up', ours: true } : { lab: own, ours: true };
}

async function takeLabDown() {
  await report('lab-down', 'lab down', async (log) => {
    const { code, tail } = await runLab(['down'], { log });
    const gone = code === 0 && (await runningLab()) === undefined;
    return { counts: oneCheck(gone), details: gone ? [] : tail.slice(-15) };
  });
}

/** @param {Stage} stage @param {Cloud} cloud */
function runStage(stage, { lab, noLab }) {
  return report(stage.name, stage.title, (log, update) => stage.run({ log, update, lab, noLab }));
}

/** Stops before the next stage when Ctrl-C was pressed. @param {Stage[]} list @param {Cloud} cloud */
async function runInOrder(list, cloud) {
  for (const stage of list) {
    if (interrupted()) return;
    await runStage(stage, cloud);
  }
}

if (!(await bootstrap(progress))) process.exit(1);
clearLogs();

const withLab = chosen.filter(({ usesLab }) => usesLab === true);
const afterLab = chosen.filter(({ makesLabs }) => makesLabs === true);
const withoutLab = chosen.filter((stage) => !withLab.includes(stage) && !afterLab.includes(stage));
const runsPrograms = [native, unit, ...unitElsewhere, reportPages];
// Not beside the lab, whose apt-get wants the same lock.
if (chosen.some((stage) => runsPrograms.includes(stage))) {
  await report('machine', 'programs that tests run', prepareMachine);
}

/** @param {string} name @param {string} title @param {readonly string[]} args of nx */
const build = (name, title, args) =>
  report(name, title, async (log) => {
    const { code, tail } = await nx(args, { log });
    return { counts: oneCheck(code === 0), details: code === 0 ? [] : tail.slice(-15) };
  });

/** @type {Promise<Cloud>} */
let labComes = Promise.resolve({});
if (withLab.length + afterLab.length > 0) {
  await build('lab-build', 'build the lab', ['run', '@whitebox/lab:build']);
  labComes = withLab.length > 0 ? obtainLab() : labOrReason();
}
if (chosen.some(({ usesBuild }) => usesBuild === true)) {
  await build('build', 'build the packages', ['run-many', '-t', 'build']);
}
await runInOrder(withoutLab, {});
const cloud = await labComes;
if (cloud.noLab !== undefined && !interrupted()) {
  progress.line(`No lab: ${cloud.noLab ?? ''}. What needs it is counted as skipped.`);
}
await runInOrder(withLab, cloud);
if (cloud.ours === true) await takeLabDown();
await runInOrder(afterLab, cloud);

progress.stop();
const seconds = (performance.now() - started) / 1000;
console.log(
  `\n${interrupted() ? 'Interrupted after' : 'Took'} ${formatSeconds(seconds)}. Logs: ${relative(root, logs)}`,
);
console.log(total.toString());
process.exitCode = interrupted() ? 130 : total.failed > 0 ? 1 : 0;
