import { Redactor } from '@whitebox/core';
import { expect, it } from 'vitest';
import type { CaseResult } from './case-result.js';
import { redactResult } from './redact-result.js';
import { RedactedLines } from './redacted-lines.js';

const secret = 'tr0ub4dor';
const redactor = new Redactor();
redactor.add(secret);

const result: CaseResult = {
  suite: 's',
  id: 's/f > a sentence',
  testId: 's.f.a_sentence[id-1]',
  name: 'a sentence',
  started: '2026-11-22T18:15:00.000Z',
  verdict: 'failed',
  durationMs: 1,
  reason: `found ${secret}`,
  failures: [{ message: `login as ${secret}`, stack: `at ${secret}`, at: 'f.js:1', code: `x('${secret}')` }],
  steps: [{ atMs: 1, text: `mysql://nova:${secret}@db/nova` }],
  evidence: [`| ${secret} |`],
  output: `said ${secret} and password = other-one`,
  invariants: [{ id: 'I1', text: secret }],
};

it('takes secrets out of everything that a case has said, and leaves what it goes by', () => {
  const clean = redactResult(result, redactor);
  expect(JSON.stringify(clean)).not.toMatch(/tr0ub4dor|other-one/);
  expect(clean).toMatchObject({
    id: result.id,
    testId: result.testId,
    started: result.started,
    durationMs: 1,
  });
  expect(clean.failures[0]).toEqual({
    message: 'login as ***',
    stack: 'at ***',
    at: 'f.js:1',
    code: "x('***')",
  });
  expect(clean.steps).toEqual([{ atMs: 1, text: 'mysql://nova:***@db/nova' }]);
});

it('adds nothing to a result that says nothing', () => {
  const { id, testId, name, suite, started } = result;
  const silent = { failures: [], steps: [], evidence: [], invariants: [], durationMs: 0 };
  const passed: CaseResult = { id, testId, name, suite, started, verdict: 'passed', ...silent };
  expect(redactResult(passed, redactor)).toStrictEqual(passed);
});

it('takes a secret out of a stream, also where it comes in pieces', () => {
  const lines = new RedactedLines(redactor);
  const pieces = ['a tr0u', 'b4dor\nb ', 'é tr0ub', '4dor'].map((text) => Buffer.from(text));
  const told = pieces.map((piece) => lines.push(piece)).join('') + lines.end();
  expect(told).not.toContain('4dor');
  expect(told).toMatch(/^a \*\*\*\nb /);
  expect(told).toMatch(/ \*\*\*$/);
});

it('keeps a character whole that comes in two pieces', () => {
  const lines = new RedactedLines(redactor);
  const [first, second] = [Buffer.from('€\n').subarray(0, 2), Buffer.from('€\n').subarray(2)];
  expect(lines.push(first) + lines.push(second) + lines.end()).toBe('€\n');
});
