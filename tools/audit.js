// npm run audit:breaks: everything that an audit must find, broken for real in the lab that is up, one by one.
// With --record FOLDER it keeps what is read of the lab, which the unit tests of packages/invariants play back.
// npm run audit:load: audits while servers are made, moved, resized and deleted for some minutes (--seconds N).
import './support/require-node.js';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap } from './bootstrap.js';
import { runningLab } from './support/lab-control.js';
import { forwardInterrupts, nx, runNode } from './support/processes.js';
import { Progress } from './support/progress.js';
import { cache } from './support/repository.js';

const { values, positionals } = parseArgs({
  options: { seconds: { type: 'string', default: '240' }, record: { type: 'string' } },
  allowPositionals: true,
});
const files = {
  breaks: 'packages/testkit/src/audit/breaks.lab.test.ts',
  load: 'packages/testkit/src/audit/load.lab.test.ts',
};
const [which] = positionals;
if ((which !== 'breaks' && which !== 'load') || !/^[1-9]\d{0,4}$/.test(values.seconds)) {
  console.error('Say "breaks" or "load", and --seconds N for the latter.');
  process.exit(2);
}

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
  ['run', '--config', 'vitest.lab.config.ts', '--reporter=verbose', files[which]],
  {
    log: join(cache, 'audit.log'),
    env: {
      WHITEBOX_LAB_DIR: lab.directory,
      WHITEBOX_AUDIT_BREAKS: 'all',
      WHITEBOX_AUDIT_LOAD_SECONDS: values.seconds,
      ...(values.record === undefined ? {} : { WHITEBOX_AUDIT_RECORD: resolve(values.record) }),
    },
    onLine: (line) => {
      console.log(line);
    },
  },
);
process.exitCode = code;
