import { describe, expect, it } from 'vitest';
import type { CaseResult } from './case-result.js';
import { finalTable } from './final-table.js';
import { LiveBlock } from './live-block.js';
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

/** Going back over what was drawn, a colour, an end of line, or text. */
const escape = String.fromCodePoint(27);
const pieces = new RegExp(
  `\\r(?:${escape}\\[(\\d+)A)?${escape}\\[J|${escape}\\[\\d*m|\\n|[^\\r\\n${escape}]+`,
  'g',
);

/** The lines that a terminal of that width shows after all that was written. */
function shownBy(text: string, columns: number): readonly string[] {
  const lines = [''];
  for (const [piece, up] of text.matchAll(pieces)) {
    if (piece.startsWith('\r')) {
      lines.length -= Number(up ?? 0);
      lines[lines.length - 1] = '';
    } else if (piece === '\n') lines.push('');
    else if (!piece.startsWith(escape)) lines.push(`${lines.pop() ?? ''}${piece}`);
  }
  for (const line of lines) expect(line.length).toBeLessThan(columns);
  return lines;
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

  it('keeps lines at the bottom of a terminal: what runs, since when, what it claims, how far the run is', () => {
    const { screen, text } = written(true);
    const progress = new Progress(screen);
    progress.expect(3);
    progress.started('a', 'a case with a name', undefined, { waitedMs: 0, claim: { dedicatedCpus: 2 } });
    progress.started('b', 'another one', undefined, { waitedMs: 0, claim: null });
    progress.hosts('a', ['compute1']);
    progress.step('a', 'live migrate wb-1 to compute1 and wait until it is there');
    progress.ended({ ...passed, id: 'b' });
    const last = shownBy(text(), 60);
    expect(last).toEqual([
      'PASS   12.3 s  b',
      '    0.0 s  [2 CPUs, compute1] a case with a name — live…',
      '    0.0 s  1 of 3 done',
    ]);
    progress.note('a note');
    progress.ended({ ...passed, id: 'a' });
    progress.close();
    expect(shownBy(text(), 60)).toEqual(['PASS   12.3 s  b', 'a note', 'PASS   12.3 s  a', '']);
    expect(text()).toContain('\u001b[32mPASS\u001b[0m');
  });

  it.each([1, 5, 20, 61, 200])('never breaks a line, nor takes the whole screen: %i columns', (columns) => {
    const { screen, text } = written(true);
    const progress = new Progress({ ...screen, columns, rows: 10 });
    for (let index = 0; index < 30; index += 1)
      progress.started(String(index), `case ${index} with a sentence as its name`);
    progress.step('0', 'boot wb-1\nwith \u001b[31mcolours');
    const last = text().split('\u001b[J').at(-1) ?? '';
    const lines = last.split('\n');
    expect(lines.length).toBeLessThanOrEqual(6);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.max(1, columns - 4));
    expect(last).not.toContain('\u001b');
    progress.close();
  });

  it('clears what a terminal that has become narrower has broken into several lines', () => {
    let text = '';
    const screen = { columns: 60, rows: 24, write: (piece: string) => (text += piece) };
    const block = new LiveBlock(screen);
    block.draw(['x'.repeat(50), 'y'.repeat(50)]);
    screen.columns = 20;
    block.draw(['z']);
    expect(text.split('y').at(-1)).toBe('\r\u001b[5A\u001b[Jz');
  });

  it('numbers the attempts of a case', () => {
    const { screen, text } = written(false);
    new Progress(screen, 5).ended({ ...passed, attempt: 2 });
    expect(text()).toBe('PASS   12.3 s  s/file > a case (2 of 5)\n');
  });
});

describe('finalTable', () => {
  const cases = [
    { ...passed, id: '@a/s/cpu-policy > one' },
    { ...passed, id: '@a/s/cpu-policy > two', verdict: 'failed' as const },
    { ...passed, id: '@a/s/live-migration > three', verdict: 'skipped' as const, durationMs: 0 },
  ];

  it('has a row for each file', () => {
    expect(finalTable(cases)).toBe(
      [
        '                passed  failed  skipped    time',
        'cpu-policy           1       1        ·  24.7 s',
        'live-migration       ·       ·        1   0.0 s',
        'all                  1       1        1  24.7 s',
        '',
      ].join('\n'),
    );
  });

  it('fits into a narrow terminal, and is nothing of nothing', () => {
    for (const line of finalTable(cases, 40).split('\n')) expect(line.length).toBeLessThan(40);
    expect(finalTable([])).toBe('');
  });
});
