import { stripVTControlCharacters } from 'node:util';
import type { CheckResult } from '@whitebox/testkit';
import { describe, expect, it } from 'vitest';
import { doctorExitCode } from './doctor-command.js';
import { checkText, doctorSummary } from './doctor-text.js';
import { needsOf } from './look-at-needs.js';

const ssh: CheckResult = {
  code: 'WB_DOCTOR_SSH',
  title: 'SSH',
  verdict: 'wrong',
  durationMs: 1,
  findings: [
    { verdict: 'ok', host: 'a', found: 'fine' },
    {
      verdict: 'wrong',
      host: 'b',
      found: 'no\n  answer',
      next: 'Start it. Then look again.',
      code: 'WB_SSH_TIMEOUT',
    },
  ],
};

describe('checkText', () => {
  it('is plain in a pipe, a line for each finding and each advice', () => {
    expect(checkText(ssh, {})).toBe(`wrong    SSH [WB_DOCTOR_SSH]
  ok       a: fine
  wrong    b: no answer [WB_SSH_TIMEOUT]
           -> Start it. Then look again.`);
  });

  it('has colours on a terminal, and no line that is too long', () => {
    const text = checkText(
      { ...ssh, findings: [{ verdict: 'warning', found: 'word '.repeat(30).trim() }] },
      { columns: 60 },
    );
    expect(text).toContain('\u001b[31mwrong');
    const lines = stripVTControlCharacters(text).split('\n');
    expect(lines.length).toBeGreaterThan(3);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  });
});

describe('what doctor ends with', () => {
  const all = (...verdicts: CheckResult['verdict'][]): CheckResult[] =>
    verdicts.map((verdict) => ({ ...ssh, verdict }));

  it('is fine with warnings, and not with what could not be told', () => {
    expect(doctorExitCode(all('ok', 'warning'))).toBe(0);
    expect(doctorExitCode(all('ok', 'wrong'))).toBe(1);
    expect(doctorExitCode(all('ok', 'unknown'))).toBe(1);
  });

  it('is counted', () => {
    expect(doctorSummary(all('ok', 'unknown', 'ok', 'warning'))).toBe(
      '4 checks: 2 ok, 1 warning, 1 could not tell',
    );
  });
});

describe('needsOf', () => {
  it('reads what the case was skipped with', () => {
    expect(needsOf({ name: 'x', reason: '[{"need":"a","found":"b"}]' })).toEqual({
      name: 'x',
      unmet: [{ need: 'a', found: 'b' }],
    });
  });
});
