// npm run test:crash: every step at which a change of hosts can die, and whether recover gives all back. First over made-up
// hosts, then, where a lab is up, over its hosts.
import './support/require-node.js';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.js';
import { labProgram, runningLab } from './support/lab-control.js';
import { forwardInterrupts, nx, runNode } from './support/processes.js';
import { Progress } from './support/progress.js';
import { cache, root } from './support/repository.js';

const progress = new Progress();
forwardInterrupts((text) => {
  progress.line(text);
});
let points = 0;
let differences = 0;
let failed = false;

/**
 * Runs one part and adds what it has counted to the sum.
 * @param {string} title
 * @param {readonly string[]} args of vitest
 * @param {NodeJS.ProcessEnv} [env]
 */
async function part(title, args, env = {}) {
  const task = progress.start(title);
  let counted = false;
  const { code, tail } = await runNode('node_modules/vitest/vitest.mjs', ['run', ...args], {
    env,
    log: join(cache, 'crash.log'),
    onLine: (line) => {
      const found = /^(\d+) points, (\d+) differences/.exec(line);
      if (found === null) return;
      counted = true;
      points += Number(found[1]);
      differences += Number(found[2]);
      task.update(line);
    },
  });
  const good = code === 0 && counted;
  task.end(good ? 'ok' : 'failed');
  if (good) return;
  failed = true;
  for (const line of tail.slice(-40)) progress.line(line);
}

if (!(await bootstrap(progress))) process.exit(3);
await part('made-up hosts', ['packages/services/src/crash.test.ts']);
const lab = existsSync(join(root, labProgram)) ? await runningLab() : undefined;
if (lab === undefined) {
  progress.line('No lab is up ("npm run lab -- up"), so this is the part without one.');
} else {
  const { code, tail } = await nx(['run-many', '-t', 'build'], { log: join(cache, 'crash-build.log') });
  if (code === 0) {
    const args = ['--config', 'vitest.lab.config.ts', 'packages/runner/src/crash.lab.test.ts'];
    await part('hosts of the lab', args, { WHITEBOX_LAB_DIR: lab.directory });
  } else {
    failed = true;
    for (const line of tail) progress.line(line);
  }
}
progress.stop();
console.log(`${points} points, ${differences} differences`);
process.exitCode = failed ? 1 : 0;
