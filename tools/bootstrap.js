import './support/require-node.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Progress } from './support/progress.js';
import { cache, root } from './support/repository.js';
import { forwardInterrupts, interrupted, run } from './support/processes.js';

/** @typedef {{ packages: Record<string, { version?: string, optional?: boolean, link?: boolean }> }} Lock */

/**
 * Whether node_modules is not what the lock file asks for. npm keeps a lock file of what it has installed; the two are
 * compared, because the times of the files tell little after a checkout.
 * @param {Lock} wanted package-lock.json
 * @param {Lock | undefined} installed node_modules/.package-lock.json, which npm writes at the end of an install
 */
export function installIsDue(wanted, installed) {
  if (installed === undefined) return true;
  return Object.entries(wanted.packages).some(([path, { version, optional }]) => {
    if (!path.includes('node_modules/')) return false;
    const there = installed.packages[path];
    // An optional package may be one for another platform.
    return there === undefined ? optional !== true : there.version !== version;
  });
}

/**
 * @param {string} path below the top of the repository
 * @returns {Lock | undefined}
 */
function readLock(path) {
  try {
    return /** @type {Lock} */ (JSON.parse(readFileSync(join(root, path), 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Installs what the tools need, when it is not there. Scripts of dependencies do not run (nothing here needs them to
 * build or to test); the one that compiles, libxmljs2, is built by a stage of "npm test".
 * @param {Progress} progress
 * @returns {Promise<boolean>} whether everything is there now
 */
export async function bootstrap(progress) {
  const wanted = readLock('package-lock.json');
  if (wanted !== undefined && !installIsDue(wanted, readLock('node_modules/.package-lock.json'))) return true;
  const task = progress.start('install dependencies');
  const log = join(cache, 'bootstrap.log');
  const npm = await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], {
    log,
  });
  task.end(npm.code === 0 ? 'ok' : 'failed');
  if (npm.code !== 0 && !interrupted()) {
    for (const line of npm.tail) progress.line(`    ${line}`);
    progress.line(`npm ci failed (exit code ${String(npm.code)}). All of its output: ${log}`);
  }
  return npm.code === 0;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const progress = new Progress();
  forwardInterrupts((text) => {
    progress.line(text);
  });
  process.exitCode = (await bootstrap(progress)) ? 0 : 1;
}
