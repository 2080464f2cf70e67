import { describe, expect, it } from 'vitest';
import { Progress } from './progress.js';
import type { CaseResult } from './case-result.js';
import { summary, type RunResults } from './results.js';
import { commandsIn } from './github-commands.suite.js';
import { withoutCommands, writeCommands, type Output } from './without-commands.js';

const nasty = [
  '::error::boo',
  '  ::add-mask::secret',
  'a\r::stop-commands::x',
  '\u00a0::set-output name=a::b',
  'a line ##[add-mask]all of it',
  '##[error]boo',
  ':::error::::',
].join('\n');

class Screen implements Output {
  text = '';
  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

const failed: CaseResult = {
  ...{ suite: 's', id: 's/f > ::error::x', testId: 's.f.x', name: '::error::x', verdict: 'failed' },
  ...{ started: '2026-11-22T18:15:00.000Z', durationMs: 1000, invariants: [] },
  failures: [{ message: nasty, at: 'src/x.ts:1', code: '::error::' }],
  steps: [{ atMs: 1, text: nasty }],
  evidence: [nasty],
};
const results: RunResults = {
  ...{ started: failed.started, durationMs: 1, suites: [], counts: { passed: 0, failed: 1, skipped: 0 } },
  ...{ interrupted: false, warnings: [], troubles: [nasty], leftovers: [nasty], cases: [failed] },
};

function print(screen: Screen): void {
  const progress = new Progress(screen);
  progress.note(nasty);
  progress.ended(failed);
  progress.ended({ ...failed, verdict: 'skipped', reason: nasty, failures: [] });
  screen.write(`${summary(results, '/results')}\n`);
}

describe('what is printed in GitHub Actions', () => {
  it('would be full of commands', () => {
    const screen = new Screen();
    print(screen);
    expect(commandsIn(screen.text)).toEqual(
      expect.arrayContaining(['error', 'add-mask', 'stop-commands', 'set-output']),
    );
  });

  it('has none that somebody else put there, and reads the same', () => {
    const [before, after] = [new Screen(), new Screen()];
    print(before);
    withoutCommands(after);
    print(after);
    expect(commandsIn(after.text)).toEqual([]);
    expect(after.text).not.toBe(before.text);
    expect(after.text.replaceAll('\u200b', '')).toBe(before.text);
  });

  it('has our own', () => {
    const screen = new Screen();
    withoutCommands(screen);
    writeCommands(screen, '::error title=x::y\n');
    screen.write('::error title=x::y\n');
    expect(commandsIn(screen.text)).toEqual(['error']);
    const elsewhere = new Screen();
    writeCommands(elsewhere, '::error title=x::y\n');
    expect(commandsIn(elsewhere.text)).toEqual(['error']);
  });

  it('is the same JSON', () => {
    const screen = new Screen();
    withoutCommands(screen, 'json');
    const text = `${JSON.stringify({ nasty })}\n`;
    expect(commandsIn(text)).not.toEqual([]);
    screen.write(text);
    screen.write(JSON.stringify({ nasty: [nasty] }, undefined, 2));
    expect(commandsIn(screen.text)).toEqual([]);
    expect(JSON.parse(screen.text.split('\n')[0] ?? '')).toEqual({ nasty });
    expect(JSON.parse(screen.text.split('\n').slice(1).join('\n'))).toEqual({ nasty: [nasty] });
  });

  it('is otherwise left alone, bytes too', () => {
    const written: unknown[] = [];
    const output = {
      write(...all: readonly unknown[]) {
        written.push(...all);
        return false;
      },
    };
    withoutCommands(output);
    const bytes = Buffer.from('::error::x');
    const done = (): void => undefined;
    expect(output.write('std::vector<int> 1::2 [##]', 'utf8', done)).toBe(false);
    output.write(bytes);
    expect(written).toEqual(['std::vector<int> 1::2 [##]', 'utf8', done, bytes]);
  });
});
