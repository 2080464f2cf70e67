import { describe, expect, it } from 'vitest';
import { covered, whereTimeGoes } from './where-time-goes.js';

/** @typedef {import('./where-time-goes.js').CaseResult} CaseResult */

/** @param {string} kind @param {string} what @param {number} atMs @param {number} ms @param {number} [lateMs] */
const activity = (kind, what, atMs, ms, lateMs) => ({ kind, what, atMs, ms, lateMs });

/** @param {number} second @param {number} durationMs @param {readonly ReturnType<typeof activity>[]} activities */
const result = (second, durationMs, activities) =>
  /** @type {CaseResult} */ (
    /** @type {unknown} */ ({
      started: new Date(second * 1000).toISOString(),
      durationMs,
      recording: { activities },
    })
  );

describe('whereTimeGoes', () => {
  it('counts for the cloud what changes something and what is waited for, each moment once', () => {
    const times = whereTimeGoes([
      result(100, 10_000, [
        activity('request', 'GET /flavors', 0, 500),
        activity('request', 'POST /servers', 500, 500),
        activity('wait', 'server a to become ACTIVE', 1000, 4000, 300),
        activity('wait', 'server b to become ACTIVE', 2000, 4000, 500),
        activity('request', 'GET /servers/a', 1500, 200),
        activity('look', 'the servers', 6000, 1000),
        activity('command', 'systemctl show nova-compute', 7000, 100),
        activity('command', "sh -c 'systemctl restart nova-compute'", 7100, 900),
        activity('command', 'virsh dumpxml instance-1', 8000, 100),
        activity('command', 'virsh destroy instance-1', 8100, 100),
      ]),
    ]);
    expect(times).toEqual({ all: 10_000, cloud: 500 + 5000 + 900 + 100, late: 400, looks: 1000, rest: 2500 });
  });

  it('does not count a moment twice that several cases share, nor a look during a wait', () => {
    const times = whereTimeGoes(
      [
        result(100, 4000, [activity('wait', 'a', 0, 4000, 0)]),
        result(101, 4000, [activity('wait', 'b', 1000, 1000, 0), activity('look', 'x', 2000, 2000)]),
      ],
      { start: 99_000, end: 106_000 },
    );
    expect(times).toEqual({ all: 7000, cloud: 4000, late: 0, looks: 1000, rest: 2000 });
  });
});

it.each([
  [[], 0],
  [
    [
      [1, 3],
      [2, 4],
    ],
    3,
  ],
  [
    [
      [5, 6],
      [1, 2],
    ],
    2,
  ],
  [
    [
      [1, 9],
      [2, 3],
    ],
    8,
  ],
])('%j covers %d', (intervals, expected) => {
  expect(covered(/** @type {[number, number][]} */ (intervals))).toBe(expected);
});
