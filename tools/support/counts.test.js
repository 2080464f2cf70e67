import { describe, expect, it } from 'vitest';
import { vitestCounts } from './counts.js';

/** @param {('passed' | 'failed' | 'skipped')[]} statuses @param {string} [fileStatus] */
function report(statuses, fileStatus = statuses.includes('failed') ? 'failed' : 'passed') {
  const results = statuses.map((status) => ({ fullName: status, status, failureMessages: [] }));
  return {
    numTotalTests: statuses.length,
    numPassedTests: statuses.filter((status) => status === 'passed').length,
    numFailedTests: statuses.filter((status) => status === 'failed').length,
    testResults: [{ name: 'a.test.ts', status: fileStatus, message: '', assertionResults: results }],
  };
}

describe('vitestCounts', () => {
  it('counts tests', () => {
    expect(`${vitestCounts(report(['passed', 'failed', 'skipped']), 1)}`).toBe(
      '1 passed, 1 failed, 1 skipped',
    );
  });

  it('counts a file that does not load as a failure', () => {
    expect(`${vitestCounts(report([], 'failed'), 1)}`).toBe('0 passed, 1 failed, 0 skipped');
  });

  it('counts a file whose hook failed as a failure, beside its skipped tests', () => {
    expect(`${vitestCounts(report(['skipped'], 'failed'), 1)}`).toBe('0 passed, 1 failed, 1 skipped');
  });

  it('counts an error outside of all tests as a failure', () => {
    expect(`${vitestCounts(report(['passed']), 1)}`).toBe('1 passed, 1 failed, 0 skipped');
  });

  it('does not take a run without a report, or over nothing, for a success', () => {
    expect(vitestCounts(undefined, 0).failed).toBe(1);
    expect(
      vitestCounts({ numTotalTests: 0, numPassedTests: 0, numFailedTests: 0, testResults: [] }, 0).failed,
    ).toBe(1);
  });
});
