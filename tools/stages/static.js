import { Counts, oneCheck } from '../support/counts.js';
import { nx, runNode } from '../support/processes.js';
import { workspaces } from '../support/repository.js';

/** @typedef {import('./stage.js').Stage} Stage */

/**
 * A tool that says yes or no about the whole repository.
 * @param {string} name
 * @param {string} title
 * @param {string} script
 * @param {readonly string[]} args
 * @param {string} fix what mends most of what it reports
 * @returns {Stage}
 */
function tool(name, title, script, args, fix) {
  return {
    name,
    title,
    run: async ({ log }) => {
      const { code, tail } = await runNode(script, args, { log });
      return { counts: oneCheck(code === 0), details: code === 0 ? [] : [...tail.slice(-15), fix] };
    },
  };
}

export const format = tool(
  'format',
  'format (prettier)',
  'node_modules/prettier/bin/prettier.cjs',
  ['--check', '--log-level', 'warn', '.'],
  'Mend it with: npm run format',
);

export const lint = tool(
  'lint',
  'lint and package boundaries (eslint)',
  'node_modules/eslint/bin/eslint.js',
  [
    '.',
    '--max-warnings',
    '0',
    '--cache',
    '--cache-strategy',
    'content',
    '--cache-location',
    '.cache/eslint.json',
  ],
  'Mend part of it with: npx eslint --fix .',
);

/**
 * Which projects have a target done, by what nx prints at the end of each task. One that nx did not come to (because a
 * dependency failed) counts as failed.
 * @param {string} target
 * @param {readonly string[]} names of projects
 * @param {string} log
 * @returns {Promise<{ counts: Counts, details: string[] }>}
 */
export async function nxChecks(target, names, log) {
  /** @type {Set<string>} */
  const done = new Set();
  const pattern = new RegExp(`^✔\\s+nx run (\\S+):${target}\\b`);
  /** @type {string[]} */
  const complaints = [];
  const args = [
    'run-many',
    '-t',
    target,
    '--projects',
    names.join(','),
    '--output-style',
    'static-failures-only',
  ];
  await nx(args, {
    log,
    onLine: (line) => {
      const name = pattern.exec(line)?.[1];
      if (name !== undefined) done.add(name);
      else if (/\berror\b|✖|❌|💀/i.test(line) && !line.startsWith('npm ')) complaints.push(line);
    },
  });
  const failed = names.filter((name) => !done.has(name));
  return {
    counts: new Counts(names.length - failed.length, failed.length),
    details: failed.length === 0 ? [] : [`failed: ${failed.join(', ')}`, ...complaints.slice(0, 15)],
  };
}

/** @type {Stage} */
export const types = {
  name: 'types',
  title: 'types (tsc, each package and the tools)',
  run: async ({ log }) => {
    const names = workspaces()
      .filter(({ manifest }) => manifest.scripts?.['typecheck'] !== undefined)
      .map(({ manifest }) => manifest.name);
    const packages = await nxChecks('typecheck', names, log);
    const tools = await runNode(
      'node_modules/typescript/bin/tsc',
      ['-p', 'tools/tsconfig.json', '--noEmit'],
      { log },
    );
    return {
      counts: packages.counts.plus(oneCheck(tools.code === 0)),
      details: [...packages.details, ...(tools.code === 0 ? [] : tools.tail.slice(-15))],
    };
  },
};
