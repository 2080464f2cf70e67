import { describe, expect, it } from 'vitest';
import type { CaseResult } from './case-result.js';
import { flaky, summary, type RunResults } from './results.js';

const one: CaseResult = {
  suite: 's',
  id: 's/file > what (not) to do',
  testId: 's.file.what_not_to_do[id-1]',
  started: '2026-11-22T18:15:00.000Z',
  name: 'what (not) to do',
  verdict: 'passed',
  durationMs: 1,
  failures: [],
  steps: [],
  evidence: [],
  invariants: [],
};

const results: RunResults = {
  started: '2026-11-22T18:15:00.000Z',
  durationMs: 12_300,
  suites: [],
  counts: { passed: 1, failed: 0, skipped: 0 },
  interrupted: false,
  warnings: [],
  troubles: [],
  leftovers: [],
  cases: [one],
};

describe('summary', () => {
  it('is two lines where all is well', () => {
    expect(summary(results, '/r')).toBe('1 passed, 0 failed, 0 skipped in 12.3 s\nResults: /r');
  });

  it('names what failed, and a filter that really selects it', () => {
    const text = summary({ ...results, cases: [one, { ...one, verdict: 'failed' }] }, '/r');
    expect(text).toContain('Failed:\n  s/file > what (not) to do\nTo run it alone, add: --filter ');
    const filter = /--filter '(.*)'/.exec(text)?.[1] ?? '';
    expect(new RegExp(filter).test(one.name)).toBe(true);
  });

  it('names each failed case once, however often it ran, and what is flaky', () => {
    const failed = { ...one, verdict: 'failed' } as const;
    const cases = [one, failed, failed, one, failed].map((result, index) => ({
      ...result,
      attempt: index + 1,
    }));
    const text = summary({ ...results, repeat: 5, flaky: flaky(cases), cases }, '/r');
    expect(text.match(/^ {2}s\/file > what/gm)).toHaveLength(1);
    expect(text).toContain('Flaky: passed 2 of 5 times: s/file > what (not) to do\n');
    expect(text).toContain('skipped in 12.3 s, each case 5 times\n');
  });

  it('tells troubles and what is left', () => {
    const text = summary({ ...results, troubles: ['t'], leftovers: ['server s'], interrupted: true }, '/r');
    expect(text).toContain('Trouble: t\nNot given back: server s\nInterrupted.\n');
  });
});

describe('flaky', () => {
  it('is what both passed and failed', () => {
    const as = (id: string, ...verdicts: CaseResult['verdict'][]): CaseResult[] =>
      verdicts.map((verdict) => ({ ...one, id, verdict }));
    const cases = [
      ...as('steady', 'passed', 'passed'),
      ...as('red', 'failed', 'failed'),
      ...as('known bug', 'skipped', 'passed'),
      ...as('unsteady', 'passed', 'failed', 'skipped'),
    ];
    expect(flaky(cases)).toEqual([{ id: 'unsteady', passed: 1, failed: 1 }]);
  });
});
