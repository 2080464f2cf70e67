import { describe, expect, it } from 'vitest';
import { captured } from './capture.suite.js';
import { evaluate } from './evaluate.js';
import { readPackets } from './pcap.js';
import { table } from './table.js';

/** @typedef {import('./evaluate.js').Round} Round */

const prefix = 'whitebox_tempest_plugin.api.compute.';
const listed = [
  { name: 'pins', replaces: ['a', 'b'] },
  { name: 'skips', replaces: ['c'] },
  { name: 'class', replaces: ['test_x.Y.test_z'] },
];
/** @param {string} id @param {string} replaced */
const means = (id, replaced) => id === prefix + replaced;

/** @param {number} ours seconds @param {number} theirs @returns {Round} */
function round(ours, theirs) {
  const test = (/** @type {string} */ id, /** @type {number} */ start, /** @type {number} */ end) =>
    /** @type {const} */ ({ id: prefix + id, verdict: 'passed', reason: '', start, end });
  const result = {
    started: new Date(1000_000).toISOString(),
    durationMs: ours * 1000,
    failures: [],
    steps: [],
  };
  return {
    tests: [
      test('a', 10, 10 + theirs),
      { ...test('b', 50, 51), verdict: 'failed', reason: 'ValueError: x' },
      test('c', 60, 61),
      ...['test_x.Y', 'test_x.Unknown'].map((name) => ({
        ...test('', 70, 70),
        id: `setUpClass (${prefix}${name})`,
        verdict: /** @type {const} */ ('skipped'),
        reason: 'no',
      })),
    ],
    theirPackets: readPackets(
      captured([{ time: 10.5, from: '10.0.0.1:5000', to: '10.0.0.2:22', flags: 0x02 }]),
    ),
    theirSpan: { start: 0, end: 100 },
    cases: /** @type {Round['cases']} */ (
      /** @type {unknown} */ ([
        { ...result, name: 'pins', verdict: 'passed' },
        { ...result, name: 'skips', verdict: 'skipped', reason: 'known bug' },
      ])
    ),
    ourPackets: [],
    ourSpan: { start: 999, end: 1009 },
  };
}

describe('evaluate', () => {
  const evaluation = evaluate([round(2, 10), round(3, 9), round(4, 14)], listed, means, '10.0.0.1');

  it('compares what passed on both sides in every round, by medians', () => {
    expect(evaluation.rows).toMatchObject([
      { ours: ['pins'], theirs: [`${prefix}a`], our: { seconds: 3, ssh: 0 }, their: { seconds: 10, ssh: 1 } },
    ]);
    expect(evaluation.whole).toMatchObject({ our: { seconds: 10 }, their: { seconds: 98, ssh: 1 } });
  });

  it('names what is left out, and on which side', () => {
    expect(evaluation.leftOut).toEqual([
      { id: 'test_x.Y.*', reason: 'predecessor: skipped: no' },
      { id: `${prefix}b`, reason: 'predecessor: failed: ValueError: x' },
      { id: `${prefix}c`, reason: 'Whitebox: skipped: known bug' },
    ]);
  });

  it('has the run with cases side by side, and what passed only one after the other', () => {
    const wide = { span: { start: 2000, end: 2005 }, cases: [], packets: [] };
    const both = [round(2, 10), round(3, 9)].map((one) => ({ ...one, wide }));
    const { wide: seen } = evaluate(both, listed, means, '10.0.0.1');
    expect(seen).toMatchObject({ our: { seconds: 5 }, notPassed: ['pins'] });
    expect(evaluate([round(2, 10), ...both], listed, means, '10.0.0.1').wide).toBeUndefined();
    const text = table(evaluate(both, listed, means, '10.0.0.1'));
    expect(text).toContain('| **the whole runs, ours side by side** | 5.0 / 98.0 | 19.6 |');
    expect(text).toContain('Not passed side by side: pins.');
  });

  it('is told in a table', () => {
    const text = table(evaluation);
    expect(text).toContain('| pins (a) | 3.0 / 10.0 | 3.3 | 0 / 1 |');
    expect(text).toContain('- `b`: predecessor: failed: ValueError: x');
  });
});
