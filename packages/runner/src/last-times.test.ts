import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaseResult, Verdict } from './case-result.js';
import { keepLastTimes, lastTimesFile, readLastTimes } from './last-times.js';

const result = (id: string, durationMs: number, verdict: Verdict = 'passed'): CaseResult =>
  ({ id, durationMs, verdict }) as CaseResult;

describe('the times of the last run', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'times-'));
    file = lastTimesFile(join(folder, 'whitebox', 'runs'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are those of cases that passed; others stay as they were', async () => {
    await keepLastTimes([result('a', 1), result('b', 2)], file);
    await keepLastTimes([result('b', 5), result('a', 9, 'failed'), result('c', 0, 'skipped')], file);
    expect(await readLastTimes(file)).toEqual({ a: 1, b: 5 });
    expect(file).toBe(join(folder, 'whitebox', 'last-times.json'));
  });

  it('are none where nothing or nonsense was written', async () => {
    expect(await readLastTimes(file)).toEqual({});
    const odd = join(folder, 'odd.json');
    await writeFile(odd, '{"a": "long", "b": 3}');
    expect(await readLastTimes(odd)).toEqual({ b: 3 });
    await writeFile(odd, '{');
    expect(await readLastTimes(odd)).toEqual({});
  });
});
