import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Counts } from '../support/counts.js';
import { cache } from '../support/repository.js';

/** One log per stage. */
export const logs = join(cache, 'test-logs');

/**
 * @typedef {object} Outcome
 * @property {Counts} counts
 * @property {string[]} [details] lines that say what failed or why something was skipped
 */

/**
 * @typedef {object} Context what a stage gets
 * @property {string} log file for everything that is printed
 * @property {(detail: string) => void} update what the stage does now
 * @property {import('../support/lab-control.js').LabDescription | undefined} lab the lab that runs, when there is one
 * @property {string | undefined} noLab why there is none
 */

/**
 * @typedef {object} Stage
 * @property {string} name for --stage
 * @property {string} title
 * @property {boolean} [usesBuild] works on what the packages' builds made
 * @property {boolean} [usesLab] works better, or only, with a running lab
 * @property {boolean} [makesLabs] makes labs of its own; runs when ours is down again
 * @property {(context: Context) => Promise<Outcome>} run
 */

/**
 * @param {number} count of checks that did not run
 * @param {string} reason
 * @returns {Outcome}
 */
export function skipped(count, reason) {
  return { counts: new Counts(0, 0, count), details: [`skipped: ${reason}`] };
}

/** A fresh folder for a stage's reports. @param {string} name */
export function freshFolder(name) {
  const folder = join(cache, 'test', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Removes the logs of an earlier run. */
export function clearLogs() {
  rmSync(logs, { recursive: true, force: true });
}
