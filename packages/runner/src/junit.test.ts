import { describe, expect, it } from 'vitest';
import type { CaseResult } from './case-result.js';
import { junitXml } from './junit.js';
import type { RunResults } from './results.js';

const passed: CaseResult = {
  suite: '@acme/one',
  id: '@acme/one/file > a case',
  testId: 's.f.a_sentence[id-1]',
  started: '2026-11-22T18:15:00.000Z',
  name: 'a case',
  verdict: 'passed',
  durationMs: 1234,
  failures: [],
  steps: [],
  evidence: [],
  invariants: [],
};

function results(change: Partial<RunResults>): RunResults {
  return {
    started: '2026-11-22T18:15:00.123Z',
    durationMs: 2000,
    suites: [
      { name: '@acme/one', version: '1.0.0' },
      { name: '@acme/two', version: '1.0.0' },
    ],
    counts: { passed: 0, failed: 0, skipped: 0 },
    interrupted: false,
    warnings: [],
    troubles: [],
    leftovers: [],
    cases: [],
    ...change,
  };
}

describe('JUnit XML', () => {
  it('has every suite, case, failure, skip and step', () => {
    const failed: CaseResult = {
      ...passed,
      name: 'pins "x" < y',
      id: '@acme/one/file > pins "x" < y',
      verdict: 'failed',
      failures: [
        { message: 'CPUs \u001b[31m4\u001b[0m & 5\nagainst 0-1', stack: 'Error: CPUs\n  at x.js:1' },
      ],
      steps: [{ atMs: 400, text: 'boot vm1' }],
      evidence: ['the table'],
    };
    const skipped: CaseResult = {
      ...passed,
      suite: '@acme/two',
      id: '@acme/two/f > a case',
      verdict: 'skipped',
      reason: 'needs 2',
    };
    const xml = junitXml(results({ cases: [passed, failed, skipped] }));
    expect(xml).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="@acme/one" tests="2" failures="1" errors="0" skipped="0" time="2.468" timestamp="2026-11-22T18:15:00">
    <testcase classname="@acme/one/file" name="a case" time="1.234">
    </testcase>
    <testcase classname="@acme/one/file" name="pins &quot;x&quot; &lt; y" time="1.234">
      <failure message="CPUs \ufffd[31m4\ufffd[0m &amp; 5">Error: CPUs
  at x.js:1

the table</failure>
      <system-out>0.400 s  boot vm1
</system-out>
    </testcase>
  </testsuite>
  <testsuite name="@acme/two" tests="1" failures="0" errors="0" skipped="1" time="1.234" timestamp="2026-11-22T18:15:00">
    <testcase classname="@acme/two/f" name="a case" time="1.234">
      <skipped message="needs 2"/>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  it('tells what went wrong outside of any case', () => {
    const xml = junitXml(
      results({
        suites: [],
        troubles: ['the engine died\nbadly'],
        leftovers: ['server s'],
        interrupted: true,
      }),
    );
    expect(xml).toContain('<testsuite name="whitebox" tests="3" failures="0" errors="3"');
    expect(xml).toContain('<error message="the engine died">the engine died\nbadly</error>');
    expect(xml).toContain('not given back: server s');
    expect(xml).toContain('>interrupted</error>');
  });

  it('numbers the attempts of a case and says which cases are flaky', () => {
    const second = { ...passed, attempt: 2, verdict: 'failed' } as const;
    const xml = junitXml(results({ repeat: 2, cases: [{ ...passed, attempt: 1 }, second] }));
    expect(xml).toContain('name="a case (1)"');
    expect(xml).toContain('name="a case (2)"');
    expect(xml).toContain(`    <properties>
      <property name="flaky" value="passed 1 of 2 times: @acme/one/file &gt; a case"/>
    </properties>
`);
    expect(xml.match(/<properties>/g)).toHaveLength(1);
  });
});
