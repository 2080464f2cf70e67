import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runNode } from '../support/processes.js';
import { cloudEnvironment } from '../support/lab-control.js';
import { capture, interfaceTowards } from './capture.js';
import { Predecessor } from './predecessor.js';
import { files, roundFolder } from './read-rounds.js';
import { readSubunitText } from './subunit-text.js';

/** @typedef {import('../support/lab-control.js').LabDescription} LabDescription */
/** @typedef {import('./traffic.js').Span} Span */

/**
 * @typedef {object} Measurement
 * @property {LabDescription} lab
 * @property {string} folder for what is measured
 * @property {readonly string[]} checkouts of the predecessor, and of plugins that it imports
 * @property {number} rounds
 * @property {string | undefined} filter regular expression: only such tests of the predecessor
 * @property {(id: string) => boolean} hasCase whether a case of Whitebox replaces a test
 * @property {string | undefined} jobs so many of ours side by side, in a run beside the one that is compared case by case
 * @property {import('../support/progress.js').Progress} progress
 */

/**
 * Runs both sides in turn, the other one first in each round, with everything that goes over the network kept.
 * @param {Measurement} measurement
 */
export async function measure(measurement) {
  const { lab, folder, checkouts, rounds, filter, hasCase, jobs, progress } = measurement;
  const towards = interfaceTowards(lab.apiAddress);
  if (towards === undefined)
    throw new Error(`No interface of this machine is in the network of ${lab.apiAddress}.`);
  const work = mkdtempSync(join(tmpdir(), 'whitebox-bench-suite-'));
  /** @type {{ what: string, undo: () => Promise<void> }[]} */
  const undos = [
    { what: `remove ${work}`, undo: async () => rmSync(work, { recursive: true, force: true }) },
  ];
  try {
    const predecessor = await Predecessor.prepare(lab, checkouts, work, (what, undo) =>
      undos.push({ what, undo }),
    );
    // The first time all of them, to see which pass on this lab: only they can be compared.
    let only = filter === undefined ? undefined : await predecessor.list(filter);
    let compared = only ?? [];
    for (let round = 1; round <= rounds; round += 1) {
      const at = roundFolder(folder, round);
      mkdirSync(at, { recursive: true });
      const into = (/** @type {string} */ file) => join(at, file);
      const theirs = () =>
        during(towards.name, into(files.theirPackets), () => predecessor.run(only, into(files.tests)));
      const ours = () =>
        during(towards.name, into(files.ourPackets), () =>
          runOurs(lab, compared, at, { results: files.ourResults }),
        );
      const wide = () =>
        during(towards.name, into(files.widePackets), () =>
          runOurs(lab, compared, at, { results: files.wideResults, jobs }),
        );
      const sides = /** @type {const} */ ([
        ['theirSpan', 'the predecessor', theirs],
        ['ourSpan', 'Whitebox', ours],
        ...(jobs === undefined ? [] : [/** @type {const} */ (['wideSpan', `Whitebox --jobs ${jobs}`, wide])]),
      ]);
      /** @type {Record<string, Span | string>} */
      const spans = { client: towards.address };
      for (const [key, name, side] of round % 2 === 1 ? sides : [...sides].reverse()) {
        const task = progress.start(`round ${String(round)}: ${name}`);
        spans[key] = await side();
        const left = await predecessor.tidy();
        task.end('ok', left.length === 0 ? undefined : `left behind: ${left.join(', ')}`);
        if (only !== undefined) continue;
        compared = comparable(into(files.tests), hasCase);
        only = compared;
      }
      writeFileSync(join(at, files.spans), JSON.stringify(spans));
    }
  } finally {
    for (const { what, undo } of undos.reverse())
      await undo().catch((/** @type {unknown} */ error) => {
        progress.line(`could not ${what}: ${String(error)}`);
      });
  }
}

/**
 * @param {string} interface_ whose packets are kept while the work is done
 * @param {string} file for them
 * @param {() => Promise<unknown>} work
 * @returns {Promise<Span>} of the work
 */
async function during(interface_, file, work) {
  const end = await capture(interface_, file);
  try {
    const start = Date.now() / 1000;
    await work();
    return { start, end: Date.now() / 1000 };
  } finally {
    await end();
  }
}

/** @param {string} file results of the predecessor @param {(id: string) => boolean} hasCase @returns {string[]} ids */
function comparable(file, hasCase) {
  const tests = readSubunitText(readFileSync(file, 'utf8'));
  const ids = tests.filter(({ id, verdict }) => verdict === 'passed' && hasCase(id)).map(({ id }) => id);
  if (ids.length === 0)
    throw new Error(`No test of the predecessor that has a case passed; see tempest-run.log beside ${file}.`);
  return ids;
}

/**
 * @param {LabDescription} lab
 * @param {readonly string[]} ids tests of the predecessor
 * @param {string} at folder of the round
 * @param {{ results: string, jobs?: string | undefined }} options
 */
async function runOurs(lab, ids, at, { results, jobs }) {
  const list = join(at, 'list');
  writeFileSync(list, `${ids.join('\n')}\n`);
  const suite = ['run', '@whitebox/nova-nfv-suite', '--config', lab.files.tempestConf, '--cloud', lab.cloud];
  const only = ['--load-list', list, '--results', join(at, results)];
  await runNode(
    'packages/runner/dist/main.js',
    [...suite, ...only, ...(jobs === undefined ? [] : ['--jobs', jobs])],
    { env: cloudEnvironment(lab), log: join(at, `${results}.log`) },
  );
}
