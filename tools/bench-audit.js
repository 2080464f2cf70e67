// npm run bench:audit: whitebox audit over simulated hosts, 10, 100 and 1,000 with twenty servers each (--hosts 10,100), and with --lab
// on the lab that is up.
import './support/require-node.js';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { whyNoMariadb } from './bench-audit/mariadb.js';
import { bootstrap } from './bootstrap.js';
import { runningLab } from './support/lab-control.js';
import { forwardInterrupts, interrupted, nx } from './support/processes.js';
import { Progress } from './support/progress.js';
import { cache } from './support/repository.js';

const { values: options } = parseArgs({
  options: {
    hosts: { type: 'string', default: '10,100,1000' },
    // Passed on to "whitebox audit".
    parallel: { type: 'string' },
    threads: { type: 'string' },
    lab: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
const sizes = options.hosts.split(',').map(Number);
if (sizes.some((size) => !Number.isInteger(size) || size < 1 || size > 10_000)) {
  console.error('Say how many hosts, up to 10000: --hosts 10,100,1000');
  process.exit(2);
}

const progress = new Progress(process.stderr);
forwardInterrupts((text) => {
  progress.line(text);
});
if (!(await bootstrap(progress))) process.exit(1);
const build = progress.start('build');
const built = await nx(['run-many', '-t', 'build'], { log: join(cache, 'bench-audit-build.log') });
build.end(built.code === 0 ? 'ok' : 'failed');
const reason = built.code === 0 ? whyNoMariadb() : built.tail.join('\n');
if (reason !== undefined) {
  progress.stop();
  console.error(reason);
  process.exit(3);
}
const { measureSize } = await import('./bench-audit/run-sizes.js');
const { measureLab } = await import('./bench-audit/lab-side.js');
const { table } = await import('./bench-audit/table.js');

const args = [
  ...(options.parallel === undefined ? [] : ['--parallel', options.parallel]),
  ...(options.threads === undefined ? [] : ['--threads', options.threads]),
];
/** @type {import('./bench-audit/run-sizes.js').Measured[]} */
const measured = [];
for (const hosts of sizes) {
  const task = progress.start(`${String(hosts)} hosts`);
  measured.push(
    await measureSize(hosts, args, (what) => {
      task.update(what);
    }),
  );
  task.end('ok');
  if (interrupted()) process.exit(130);
}
/** @type {import('./bench-audit/lab-side.js').LabMeasured | undefined} */
let lab;
if (options.lab) {
  const up = await runningLab();
  if (up === undefined) progress.line('No lab is up: npm run lab -- up');
  else {
    const task = progress.start('the lab');
    lab = await measureLab(up, Number(options.rounds), (what) => {
      task.update(what);
    });
    task.end('ok');
  }
}
progress.stop();
console.log(options.json ? JSON.stringify({ measured, lab }, undefined, 2) : table(measured, lab));
process.exit(lab === undefined && options.lab ? 3 : 0);
