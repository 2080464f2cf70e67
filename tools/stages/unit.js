import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readVitestReport, vitestCounts } from '../support/counts.js';
import { eachOf, run, runNode } from '../support/processes.js';
import { cache } from '../support/repository.js';
import { buildNative } from './native.js';
import { freshFolder, skipped } from './stage.js';

/** @typedef {import('./stage.js').Stage} Stage */
/** @typedef {import('./stage.js').Outcome} Outcome */

const vitest = 'node_modules/vitest/vitest.mjs';

/** Other releases of Node that the unit tests run on, besides the one that runs this. */
const otherNodes = ['22.23.3', '24.21.0'];

/**
 * @param {string} name of the run
 * @param {readonly string[]} args for vitest
 * @param {string} log
 * @param {{ node?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<Outcome>}
 */
export async function runVitest(name, args, log, options = {}) {
  const report = join(freshFolder(name), 'report.json');
  const { code, tail } = await runNode(
    vitest,
    ['run', ...args, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    { log, ...options },
  );
  const result = readVitestReport(report);
  return { counts: vitestCounts(result, code), details: code === 0 ? [] : failures(result, tail) };
}

/**
 * What failed, by name.
 * @param {import('../support/counts.js').VitestReport | undefined} report
 * @param {string[]} tail
 */
function failures(report, tail) {
  const names = (report?.testResults ?? []).flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((result) => result.status === 'failed');
    if (failed.length === 0 && status === 'failed') return [`✗ ${name}: ${message.split('\n')[0] ?? ''}`];
    return failed.flatMap(({ fullName, failureMessages }) => [
      `✗ ${fullName}`,
      ...failureMessages.map((text) => `    ${text.split('\n')[0] ?? ''}`),
    ]);
  });
  return names.length === 0 ? tail.slice(-15) : names.slice(0, 30);
}

/**
 * How many tests there are, counted in their text, without running any of it. A test that is written once and runs for
 * each row of a table counts once, and so does a file whose tests are written in a suite that it calls.
 * @param {readonly string[]} args for vitest
 * @returns {Promise<number>}
 */
export async function countTests(args) {
  const all = await listOf([...args, '--staticParse']);
  if (all.length > 0) return all.length;
  // One file without a test in its own text spoils the list of all.
  const files = /** @type {{ file: string }[]} */ (await listOf([...args, '--filesOnly']));
  if (files.length === 0) throw new Error(`There are no tests of vitest ${args.join(' ')}.`);
  const tests = await eachOf(files, 4, ({ file }) => listOf([...args, '--staticParse', file]));
  return tests.reduce((sum, { length }) => sum + Math.max(1, length), 0);
}

/**
 * @param {readonly string[]} args for vitest
 * @returns {Promise<unknown[]>} empty where it finds nothing to list
 */
async function listOf(args) {
  /** @type {string[]} */
  const lines = [];
  await runNode(vitest, ['list', ...args, '--json'], { onLine: (line) => lines.push(line) });
  // Its exit code is 0 even where it gave up.
  const start = lines.findIndex((line) => line.startsWith('['));
  return start === -1 ? [] : JSON.parse(lines.slice(start).join('\n'));
}

/** @type {Stage} */
export const unit = {
  name: 'unit',
  title: `unit tests on Node ${process.versions.node}`,
  run: ({ log }) => runVitest('unit', [], log),
};

/** @type {Stage[]} */
export const unitElsewhere = otherNodes.map((version) => {
  const name = `unit-node${version.split('.')[0] ?? ''}`;
  return {
    name,
    title: `unit tests on Node ${version}`,
    run: async ({ log, update }) => {
      update('fetching');
      const node = await fetchNode(version, log);
      if (typeof node !== 'string') return skipped(await countTests([]), node.reason);
      update('compiling libxmljs2');
      const reason = await buildNative(node, version, log);
      update('');
      const outcome = await runVitest(name, [], log, { node });
      const note = reason === undefined ? [] : [`without the native XML engine: ${reason}`];
      return { ...outcome, details: [...note, ...(outcome.details ?? [])] };
    },
  };
});

/**
 * The program of another release of Node, from the package registry.
 * @param {string} version
 * @param {string} log
 * @returns {Promise<string | { reason: string }>} its path, or why there is none
 */
async function fetchNode(version, log) {
  const library = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const folder = join(cache, 'node', version);
  const program = join(folder, 'node_modules', library, 'bin', 'node');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    // A package.json of its own, or npm would install into the repository above.
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const args = ['install', '--no-save', '--no-package-lock', '--ignore-scripts', '--prefer-offline'];
    const npm = await run('npm', [...args, `${library}@${version}`], { cwd: folder, log });
    if (npm.code !== 0) {
      const why = npm.tail.findLast(
        (line) => line.startsWith('npm error') && !/log of this run|debug-0/.test(line),
      );
      return {
        reason: `${library}@${version} could not be fetched (${why ?? `exit code ${String(npm.code)}`})`,
      };
    }
  }
  const check = await run(program, ['--version'], { log });
  if (check.code === 0 && check.tail.includes(`v${version}`)) return program;
  return { reason: `${program} does not run here: ${check.tail.at(-1) ?? ''}` };
}
