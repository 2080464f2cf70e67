import { readFileSync } from 'node:fs';

/** How many checks passed, failed and were skipped. */
export class Counts {
  /**
   * @param {number} [passed]
   * @param {number} [failed]
   * @param {number} [skipped]
   */
  constructor(passed = 0, failed = 0, skipped = 0) {
    this.passed = passed;
    this.failed = failed;
    this.skipped = skipped;
  }

  /** @param {Counts} other */
  plus(other) {
    return new Counts(this.passed + other.passed, this.failed + other.failed, this.skipped + other.skipped);
  }

  toString() {
    return `${String(this.passed)} passed, ${String(this.failed)} failed, ${String(this.skipped)} skipped`;
  }
}

/**
 * One check of one tool.
 * @param {boolean} good
 */
export function oneCheck(good) {
  return good ? new Counts(1) : new Counts(0, 1);
}

/**
 * @typedef {object} FileReport
 * @property {string} name
 * @property {string} status
 * @property {string} message
 * @property {{ fullName: string, status: string, failureMessages: string[] }[]} assertionResults
 */

/**
 * @typedef {object} VitestReport
 * @property {number} numTotalTests
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {FileReport[]} testResults
 */

/**
 * Counts of a run of vitest. Its own numbers leave out a file that could not be loaded, a hook that failed and errors
 * outside of tests; each of them counts as a failure here.
 * @param {VitestReport | undefined} report undefined when there is none
 * @param {number} exitCode of vitest
 */
export function vitestCounts(report, exitCode) {
  if (report === undefined || report.numTotalTests + report.testResults.length === 0) return new Counts(0, 1);
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  const skipped = report.numTotalTests - report.numPassedTests - report.numFailedTests;
  return new Counts(report.numPassedTests, failed === 0 && exitCode !== 0 ? 1 : failed, skipped);
}

/**
 * @param {string} path of a report of vitest's JSON reporter
 * @returns {VitestReport | undefined} undefined when it was not written
 */
export function readVitestReport(path) {
  try {
    return /** @type {VitestReport} */ (JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
