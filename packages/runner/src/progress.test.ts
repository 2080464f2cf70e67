import { describe, expect, it } from 'vitest';
import type { CaseResult } from './case-result.js';
import { Progress } from './progress.js';

function written(isTTY: boolean): {
  readonly screen: { isTTY: boolean; columns: number; write: (text: string) => void };
  text: () => string;
} {
  let text = '';
  return {
    screen: {
      isTTY,
      columns: 60,
      write: (piece) => {
        text += piece;
      },
    },
    text: () => text,
  };
}

const passed: CaseResult = {
  suite: 's',
  id: 's/file > a case',
  testId: 's.f.a_sentence[id-1]',
  started: '2026-11-22T18:15:00.000Z',
  name: 'a case',
  verdict: 'passed',
  durationMs: 12_340,
  failures: [],
  steps: [],
  evidence: [],
  invariants: [],
};

describe('Progress', () => {
  it('writes one plain line for each case into a pipe', () => {
    const { screen, text } = written(false);
    const progress = new Progress(screen);
    progress.started('s/file > a case', 'a case');
    progress.step('s/file > a case', 'boot vm1');
    progress.ended(passed);
    progress.ended({ ...passed, verdict: 'skipped', durationMs: 0, reason: 'needs 2 computes; found 1' });
    progress.ended({
      ...passed,
      verdict: 'failed',
      failures: [{ message: 'CPUs 4\nagainst 0-1', at: 'cases/x.js:7', code: 'expect(a).toLieWithin(b);' }],
      evidence: ['vCPU 0  4  4\n  - they differ'],
      steps: [
        { atMs: 400, text: 'boot vm1' },
        { atMs: 12_000, text: 'hard reboot vm1' },
      ],
    });
    progress.close();
    expect(text()).toBe(
      [
        'PASS   12.3 s  s/file > a case',
        'SKIP    0.0 s  s/file > a case',
        '        skipped: needs 2 computes; found 1',
        'FAIL   12.3 s  s/file > a case',
        '        CPUs 4',
        '        against 0-1',
        '        at cases/x.js:7    expect(a).toLieWithin(b);',
        '',
        '        vCPU 0  4  4',
        '          - they differ',
        '',
        '        What it did:',
        '            0.4 s  boot vm1',
        '           12.0 s  hard reboot vm1',
        '',
      ].join('\n'),
    );
  });

  it('keeps a live line on a terminal, never wider than it', () => {
    const { screen, text } = written(true);
    const progress = new Progress(screen);
    progress.started('s/file > a case', 'a case with a name');
    progress.step('s/file > a case', 'live migrate wb-1 to compute1 and wait until it is there');
    progress.ended(passed);
    progress.close();
    const lines = text().split('\r\u001b[K');
    expect(lines.some((line) => line.includes('live migrate wb-1'))).toBe(true);
    for (const line of lines.filter((one) => one.includes('…  '))) expect(line.length).toBeLessThan(60);
    expect(text()).toContain('\u001b[32mPASS\u001b[0m');
  });

  it('numbers the attempts of a case', () => {
    const { screen, text } = written(false);
    new Progress(screen, 5).ended({ ...passed, attempt: 2 });
    expect(text()).toBe('PASS   12.3 s  s/file > a case (2 of 5)\n');
  });
});
