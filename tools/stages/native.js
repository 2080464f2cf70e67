import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { availableParallelism } from 'node:os';
import { oneCheck } from '../support/counts.js';
import { run } from '../support/processes.js';
import { root } from '../support/repository.js';
import { skipped } from './stage.js';

/** @typedef {import('./stage.js').Stage} Stage */

const library = join(root, 'node_modules', 'libxmljs2');
const justBuilt = join(library, 'build', 'Release', 'xmljs.node');

/**
 * Folder above include/node with the headers of a Node. node-gyp would fetch them from the Node.js site, which many
 * machines do not reach.
 * @param {string} node its program
 * @param {string} version
 */
function headersOf(node, version) {
  const major = version.split('.')[0] ?? '';
  return [dirname(dirname(node)), '/usr', '/usr/local'].find((prefix) => {
    const file = join(prefix, 'include', 'node', 'node_version.h');
    return existsSync(file) && readFileSync(file, 'utf8').includes(`NODE_MAJOR_VERSION ${major}\n`);
  });
}

/** @param {string} node @param {string} log */
async function loads(node, log) {
  const program = "require('libxmljs2').parseXml('<a/>')";
  return (await run(node, ['-e', program], { log })).code === 0;
}

/**
 * Compiles libxmljs2 for a Node.
 * @param {string} node its program
 * @param {string} version "22.23.3"
 * @param {string} log
 * @returns {Promise<string | undefined>} why that was not possible
 */
export async function buildNative(node, version, log) {
  if (await loads(node, log)) return undefined;
  // A plain npm install has left its build where the next one overwrites it.
  if (existsSync(justBuilt) && (await loads(process.execPath, log))) keep(process.versions.node);
  const nodedir = headersOf(node, version);
  const env = {
    PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}`,
    JOBS: String(availableParallelism()),
    ...(nodedir === undefined ? {} : { npm_config_nodedir: nodedir }),
  };
  const npm = await run('npm', ['rebuild', 'libxmljs2', '--foreground-scripts'], { log, env });
  if (npm.code !== 0) return `npm rebuild libxmljs2 failed (exit code ${String(npm.code)})`;
  keep(version);
  return (await loads(node, log)) ? undefined : 'libxmljs2 was built but does not load';
}

/**
 * Puts what was compiled where it is found by this release of Node alone ("bindings", by which libxmljs2 loads it, looks
 * there last), so that several releases can use one node_modules.
 * @param {string} version
 */
function keep(version) {
  const folder = join(library, 'compiled', version, process.platform, process.arch);
  mkdirSync(folder, { recursive: true });
  renameSync(justBuilt, join(folder, 'xmljs.node'));
  rmSync(join(library, 'build'), { recursive: true });
}

/** @type {Stage} */
export const native = {
  name: 'native',
  title: 'native XML engine (libxmljs2 compiles and loads)',
  run: async ({ log }) => {
    const reason = await buildNative(process.execPath, process.versions.node, log);
    if (reason === undefined) return { counts: oneCheck(true) };
    return skipped(1, `${reason}; the XML tests run over libxml2-wasm only`);
  },
};
