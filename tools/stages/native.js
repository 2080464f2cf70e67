import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { availableParallelism } from 'node:os';
import { oneCheck } from '../support/counts.js';
import { run } from '../support/processes.js';
import { skipped } from './stage.js';

/** @typedef {import('./stage.js').Stage} Stage */

const compilers = { 'g++': 'g++', make: 'make', python3: 'python3' };

function missingCompilers() {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return Object.entries(compilers)
    .filter(([program]) => !folders.some((folder) => existsSync(join(folder, program))))
    .map(([, debianPackage]) => debianPackage);
}

/**
 * Installs what compiles C++, where that is missing and possible.
 * @param {string} log
 * @returns {Promise<string | undefined>} why there is no compiler
 */
export async function ensureCompiler(log) {
  const missing = missingCompilers();
  if (missing.length === 0) return undefined;
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return `${missing.join(', ')} not installed`;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { log, env });
  const options = ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends'];
  const apt = await run('apt-get', [...options, ...missing], { log, env });
  return apt.code === 0
    ? undefined
    : `${missing.join(', ')} not installed, and apt-get could not install them`;
}

/**
 * Folder above include/node with the headers of the Node that runs this. node-gyp would fetch them from the Node.js
 * site, which many machines do not reach.
 */
function headers() {
  const own = dirname(dirname(process.execPath));
  const major = process.versions.node.split('.')[0] ?? '';
  return [own, '/usr', '/usr/local'].find((prefix) => {
    const version = join(prefix, 'include', 'node', 'node_version.h');
    return existsSync(version) && readFileSync(version, 'utf8').includes(`NODE_MAJOR_VERSION ${major}\n`);
  });
}

/** @param {string} log */
async function loads(log) {
  const program = "require('libxmljs2').parseXml('<a/>')";
  return (await run(process.execPath, ['-e', program], { log })).code === 0;
}

/**
 * Compiles libxmljs2 for the Node that runs this.
 * @param {string} log
 * @returns {Promise<string | undefined>} why that was not possible
 */
async function build(log) {
  if (await loads(log)) return undefined;
  const reason = await ensureCompiler(log);
  if (reason !== undefined) return reason;
  const nodedir = headers();
  const jobs = String(availableParallelism());
  const env = { JOBS: jobs, ...(nodedir === undefined ? {} : { npm_config_nodedir: nodedir }) };
  const npm = await run('npm', ['rebuild', 'libxmljs2', '--foreground-scripts'], { log, env });
  if (npm.code !== 0) return `npm rebuild libxmljs2 failed (exit code ${String(npm.code)})`;
  return (await loads(log)) ? undefined : 'libxmljs2 was built but does not load';
}

/** @type {Stage} */
export const native = {
  name: 'native',
  title: 'native XML engine (libxmljs2 compiles and loads)',
  run: async ({ log }) => {
    const reason = await build(log);
    if (reason === undefined) return { counts: oneCheck(true) };
    return skipped(1, `${reason}; the XML tests run over libxml2-wasm only`);
  },
};
