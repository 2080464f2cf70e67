// npm run faults: every case of the NFV suite with the cloud broken behind its back. A case that stays green checks nothing.
import './support/require-node.js';
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap } from './bootstrap.js';
import { labObstacles, resultsFolder, runLab, runningLab, whyNoLab } from './support/lab-control.js';
import { forwardInterrupts, interrupted, nx, runNode } from './support/processes.js';
import { Progress } from './support/progress.js';
import { cache, root } from './support/repository.js';

const { values: options } = parseArgs({
  options: { json: { type: 'boolean' }, filter: { type: 'string' } },
});

const progress = new Progress(options.json === true ? process.stderr : process.stdout);
forwardInterrupts((text) => {
  progress.line(text);
});

/** @param {string} [reason] @returns {never} */
function giveUp(reason) {
  progress.stop();
  if (reason !== undefined && !interrupted()) console.error(reason);
  process.exit(interrupted() ? 130 : 3);
}

/** @param {string} title @param {readonly string[]} args of nx */
async function build(title, args) {
  const task = progress.start(title);
  const { code, tail } = await nx(args, { log: join(cache, 'faults-build.log') });
  task.end(code === 0 ? 'ok' : 'failed');
  if (code !== 0) giveUp(tail.join('\n'));
}

async function bringUp() {
  const obstacle = whyNoLab() ?? (await labObstacles());
  if (obstacle !== undefined)
    giveUp(`Only the lab is broken on purpose, and it cannot run here: ${obstacle}.`);
  const task = progress.start('lab up');
  const { code, tail } = await runLab(['up'], { onLine: task.update });
  task.end(code === 0 ? 'ok' : 'failed');
  if (code !== 0) giveUp(`The lab did not come up:\n${tail.slice(-15).join('\n')}`);
}

if (!(await bootstrap(progress))) giveUp();
await build('build', ['run-many', '-t', 'build']);
if ((await runningLab()) === undefined) await bringUp();
const lab = await runningLab();
if (lab === undefined) giveUp('The lab is up, but its hosts do not answer: npm run lab -- status');

const suite = join(root, 'packages/nova-nfv-suite');
/** @type {typeof import('../packages/nova-nfv-suite/src/prove-faults.suite.js')} */
const { faults, faultsMarkdown, faultsTable, notProvenYet, provenByUnitTests, proveFaults } = await import(
  join(suite, 'dist-test/prove-faults.suite.js')
);
const folder = resultsFolder('faults');
const judgement = await proveFaults({
  faults,
  unitTests: [...provenByUnitTests, ...notProvenYet],
  folder,
  suite,
  filter: options.filter,
  cloud: [
    ...['--config', lab.files.tempestConf, '--cloud', lab.cloud],
    ...['--clouds-yaml', lab.files.cloudsYaml],
  ],
  whitebox: async (args, env, onLine) => {
    const { code } = await runNode('packages/runner/dist/main.js', args, { env, onLine });
    return code ?? -1;
  },
  onPass: (title) => {
    const task = progress.start(title);
    return {
      line: (text) => {
        if (/^(PASS|FAIL|SKIP) /.test(text)) task.update(text);
      },
      end: () => {
        task.end('ok');
      },
    };
  },
});
progress.stop();
writeFileSync(join(folder, 'faults.md'), faultsMarkdown(judgement));
writeFileSync(join(folder, 'faults.json'), `${JSON.stringify(judgement, undefined, 2)}\n`);
if (options.json === true) console.log(JSON.stringify(judgement, undefined, 2));
else console.log(`\n${faultsTable(judgement)}\nResults: ${relative(process.cwd(), folder)}`);
process.exitCode = interrupted() ? 130 : judgement.complaints.length === 0 ? 0 : 1;
