// npm run audit:breaks: everything that an audit must find, broken for real in the lab that is up, one by one.
import './support/require-node.js';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.js';
import { runningLab } from './support/lab-control.js';
import { forwardInterrupts, nx, runNode } from './support/processes.js';
import { Progress } from './support/progress.js';
import { cache } from './support/repository.js';

const progress = new Progress();
forwardInterrupts((text) => {
  progress.line(text);
});
if (!(await bootstrap(progress))) process.exit(3);
const built = await nx(['run', '@whitebox/lab:build'], { log: join(cache, 'audit-build.log') });
const lab = built.code === 0 ? await runningLab() : undefined;
if (lab === undefined) {
  progress.stop();
  console.error('No lab is up: npm run lab -- up');
  process.exit(3);
}
progress.stop();
const { code } = await runNode(
  'node_modules/vitest/vitest.mjs',
  [
    'run',
    '--config',
    'vitest.lab.config.ts',
    '--reporter=verbose',
    'packages/testkit/src/audit/breaks.lab.test.ts',
  ],
  {
    log: join(cache, 'audit.log'),
    env: {
      WHITEBOX_LAB_DIR: lab.directory,
      WHITEBOX_AUDIT_BREAKS: 'all',
    },
    onLine: (line) => {
      console.log(line);
    },
  },
);
process.exitCode = code;
