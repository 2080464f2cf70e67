import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Counts, oneCheck } from '../support/counts.js';
import { resultsFolder, runSuite, suiteCases } from '../support/lab-control.js';
import { cache } from '../support/repository.js';
import { ansible, ensurePrograms } from './machine.js';
import { skipped } from './stage.js';
import { countTests, runVitest } from './unit.js';

/** @typedef {import('./stage.js').Stage} Stage */

/** Runs of other clouds by the same user, also killed ones, are none of these tests' business. */
const ownState = { XDG_STATE_HOME: join(cache, 'test', 'state') };

const labTests = ['--config', 'vitest.lab.config.ts'];

/** @type {Stage} */
export const clients = {
  name: 'clients',
  title: 'the packages against the real services of the lab, and the suite against a broken cloud',
  usesBuild: true,
  usesLab: true,
  run: async ({ log, lab, noLab }) => {
    if (lab === undefined) return skipped(await countTests(labTests), noLab ?? 'no lab is up');
    return runVitest('clients', labTests, log, { env: { WHITEBOX_LAB_DIR: lab.directory, ...ownState } });
  },
};

/** @type {Stage} */
export const suite = {
  name: 'suite',
  title: 'the NFV suite against the lab',
  usesBuild: true,
  usesLab: true,
  run: async ({ log, update, lab, noLab }) => {
    if (lab === undefined) return skipped(await countCases(), noLab ?? 'no lab is up');
    const results = resultsFolder('test');
    const { code, tail } = await runSuite(lab, results, {
      log,
      env: ownState,
      onLine: (line) => {
        update(line.trim());
      },
    });
    const counts = readCounts(join(results, 'results.json'));
    const good = code === 0 && counts.passed > 0 && counts.failed === 0;
    return {
      // A run that ends badly without a failed case has failed as a whole.
      counts: good || counts.failed > 0 ? counts : counts.plus(oneCheck(false)),
      details: good ? [] : [...tail.slice(-20), `Results: ${results}`],
    };
  },
};

/** @param {string} path of a results.json @returns {Counts} */
function readCounts(path) {
  if (!existsSync(path)) return new Counts();
  const { passed, failed, skipped } = JSON.parse(readFileSync(path, 'utf8')).counts;
  return new Counts(passed, failed, skipped);
}

const playbookTests = ['--config', 'tools/playbooks/vitest.config.ts'];

/** @type {Stage} */
export const playbooks = {
  name: 'playbooks',
  title: 'the playbooks of the Zuul jobs, with Ansible on the hosts of the lab',
  usesBuild: true,
  usesLab: true,
  run: async ({ log, update, lab, noLab }) => {
    if (lab === undefined) return skipped(await countTests(playbookTests), noLab ?? 'no lab is up');
    const missing = await ensurePrograms(ansible, log, update);
    if (missing.length > 0) {
      const there = `not here: ${missing.join(', ')} (names of Debian packages)`;
      return skipped(await countTests(playbookTests), there);
    }
    return runVitest('playbooks', playbookTests, log, { env: { WHITEBOX_LAB_DIR: lab.directory } });
  },
};

const lifecycleTests = ['--config', 'tools/lab/lifecycle/vitest.config.ts'];

/** @type {Stage} */
export const lifecycle = {
  name: 'lab-lifecycle',
  title:
    'the lab itself: killed, interrupted, brought up again, taken down; as DevStack and TripleO leave it',
  usesBuild: true,
  makesLabs: true,
  run: async ({ log, noLab }) => {
    if (noLab !== undefined) return skipped(await countTests(lifecycleTests), noLab);
    return runVitest('lab-lifecycle', lifecycleTests, log);
  },
};

/** How many cases the suite has; at least one, so that leaving it out shows. */
async function countCases() {
  const cases = await suiteCases().catch(() => []);
  return Math.max(1, cases.length);
}
