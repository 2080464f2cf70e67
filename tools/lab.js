// npm run lab -- COMMAND: the lab's own command line, built first when it has changed.
import './support/require-node.js';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.js';
import { labProgram } from './support/lab-control.js';
import { nx } from './support/processes.js';
import { Progress } from './support/progress.js';
import { cache, root } from './support/repository.js';

// Standard output belongs to the lab: "npm run -s lab -- env openrc" is read by other programs.
const progress = new Progress(process.stderr);
if (!(await bootstrap(progress))) process.exit(1);

const log = join(cache, 'lab-build.log');
const build = await nx(['run', '@whitebox/lab:build'], { log });
if (build.code !== 0) {
  console.error(build.tail.join('\n'));
  console.error(`The lab could not be built (${log}).`);
  process.exit(1);
}

const lab = spawn(process.execPath, [join(root, labProgram), ...process.argv.slice(2)], { stdio: 'inherit' });
for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(name, () => {
    // The terminal tells the lab of Ctrl-C itself; telling it twice would mean "harder".
    if (name !== 'SIGINT' || !process.stdin.isTTY) lab.kill(name);
  });
}
lab.once('close', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
});
