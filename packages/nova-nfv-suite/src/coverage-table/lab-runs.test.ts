import { describe, expect, it } from 'vitest';
import { recordRun, runsInLab, withoutOldNames } from './lab-runs.js';

const passed = (name: string) => ({ name, verdict: 'passed' as const });
const failed = (name: string) => ({ name, verdict: 'failed' as const });
const skipped = (name: string, reason: string) => ({ name, verdict: 'skipped' as const, reason });

describe('recordRun', () => {
  it('counts a case as passed only if it did each time', () => {
    const runs = recordRun({}, 'nfv', '2026-11-22', [passed('b'), passed('b'), passed('a'), failed('a')]);
    expect(runs).toEqual({
      nfv: { recorded: '2026-11-22', cases: { a: { verdict: 'failed' }, b: { verdict: 'passed' } } },
    });
  });

  it('learns nothing of cases that an interrupted run did not finish', () => {
    const before = recordRun({}, 'nfv', 'd1', [passed('a'), passed('b')]);
    const interrupted = skipped('a', 'interrupted; what it had made was given back');
    expect(recordRun(before, 'nfv', 'd2', [interrupted, skipped('b', 'the run ended before it')])).toEqual({
      nfv: { recorded: 'd2', cases: { a: { verdict: 'passed' }, b: { verdict: 'passed' } } },
    });
  });

  it('keeps what a run left out, and what other profiles showed', () => {
    const before = recordRun(recordRun({}, 'nfv', 'd1', [passed('a')]), 'small', 'd1', [passed('a')]);
    const runs = recordRun(before, 'nfv', 'd2', [skipped('b', 'needs x')]);
    expect(runs).toEqual({
      nfv: {
        recorded: 'd2',
        cases: { a: { verdict: 'passed' }, b: { verdict: 'skipped', reason: 'needs x' } },
      },
      small: { recorded: 'd1', cases: { a: { verdict: 'passed' } } },
    });
    expect(withoutOldNames(runs, new Set(['b']))['nfv']?.cases).toEqual({
      b: { verdict: 'skipped', reason: 'needs x' },
    });
  });
});

describe('runsInLab', () => {
  const runs = recordRun(
    recordRun({}, 'nfv', 'd', [
      passed('a'),
      skipped('b', 'needs a VF; found none'),
      skipped('c', 'known bug lp#1, fixed by Nova 30 (leaks): CPUs 1'),
      skipped('d', 'needs SMT; found none'),
      passed('e'),
    ]),
    'small',
    'd',
    [passed('a'), failed('e'), passed('d')],
  );

  it.each([
    ['a', [], 'yes: nfv, small'],
    ['b', ['SR-IOV NIC'], 'waits for SR-IOV NIC'],
    ['b', [], 'no, nfv: needs a VF; found none'],
    ['c', [], 'yes: nfv, known bug lp#1, fixed by Nova 30'],
    ['d', [], 'yes: small'],
    ['e', [], 'fails: small'],
    ['new', [], 'not recorded'],
    ['new', ['vGPU'], 'waits for vGPU'],
  ])('%s, which takes %j: %s', (name, hardware, text) => {
    expect(runsInLab({ name, hardware }, runs)).toBe(text);
  });
});
