// npm run bench:suite: the cases that both have, Whitebox's and those of whitebox-tempest-plugin, against the same lab.
import './support/require-node.js';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { missingParts } from './bench-suite/predecessor-files.js';
import { bootstrap } from './bootstrap.js';
import { resultsFolder, runningLab } from './support/lab-control.js';
import { forwardInterrupts, interrupted, nx, runNode } from './support/processes.js';
import { Progress } from './support/progress.js';
import { cache } from './support/repository.js';

const { values: options } = parseArgs({
  options: {
    predecessor: { type: 'string' },
    // A plugin of Tempest that the predecessor imports; may be given several times.
    plugin: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '1' },
    filter: { type: 'string' },
    // Evaluates what an earlier run has measured.
    from: { type: 'string' },
    json: { type: 'boolean', default: false },
    // One more run of ours in each round, with so many cases side by side.
    jobs: { type: 'string' },
  },
});

const progress = new Progress(process.stderr);
forwardInterrupts((text) => {
  progress.line(text);
});

/** @param {string} text @returns {never} */
function giveUp(text) {
  progress.stop();
  console.error(text);
  process.exit(3);
}

if (!(await bootstrap(progress))) process.exit(1);
const build = progress.start('build');
const built = await nx(['run-many', '-t', 'build'], { log: join(cache, 'bench-suite-build.log') });
build.end(built.code === 0 ? 'ok' : 'failed');
if (built.code !== 0) giveUp(built.tail.join('\n'));

if (options.from === undefined) {
  const missing = missingParts({
    program: (name) => succeeds('sh', ['-c', `command -v ${name}`]),
    module: (name) => succeeds('/usr/bin/python3', ['-c', `import ${name}`]),
    checkout: options.predecessor,
  });
  if (missing.length > 0)
    giveUp(`The predecessor cannot be run here. Missing:\n${missing.map((one) => `- ${one}`).join('\n')}`);
}
const { measure } = await import('./bench-suite/measure.js');
const { readRounds } = await import('./bench-suite/read-rounds.js');
const { evaluate } = await import('./bench-suite/evaluate.js');
const { table } = await import('./bench-suite/table.js');
const { meansPredecessor } = await import('@whitebox/runner');

const cases = await listCases();
const folder = options.from === undefined ? resultsFolder('bench-suite') : resolve(options.from);
if (options.from === undefined) {
  const lab = await runningLab();
  if (lab === undefined) giveUp('It needs the lab: npm run lab -- up --profile nfv');
  await measure({
    lab,
    folder,
    checkouts: [options.predecessor ?? '', ...options.plugin].map((path) => resolve(path)),
    rounds: Number(options.rounds),
    filter: options.filter,
    hasCase: (id) => cases.some(({ replaces }) => replaces.some((one) => meansPredecessor(id, one))),
    jobs: options.jobs,
    progress,
  });
  if (interrupted()) process.exit(130);
}
progress.stop();
const { rounds, client } = readRounds(folder);
const evaluation = evaluate(rounds, cases, meansPredecessor, client);
writeFileSync(join(folder, 'table.md'), `${table(evaluation)}\n`);
console.log(options.json ? JSON.stringify(evaluation, undefined, 2) : table(evaluation));
console.error(`Measured: ${relative(process.cwd(), folder)}`);

/** @returns {Promise<import('./bench-suite/pairs.js').OurCase[]>} */
async function listCases() {
  /** @type {string[]} */
  const lines = [];
  await runNode('packages/runner/dist/main.js', ['list', '@whitebox/nova-nfv-suite', '--json'], {
    onLine: (line) => lines.push(line),
  });
  return JSON.parse(lines.join('\n'));
}

/** @param {string} command @param {readonly string[]} args */
function succeeds(command, args) {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
