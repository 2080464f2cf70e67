import { describe, expect, it } from 'vitest';
import { parallelRun } from './parallel-run.js';

const noTimes = (): Promise<Record<string, number>> => Promise.resolve({ a: 1 });

describe('parallelRun', () => {
  it('is none unless several jobs are asked for', async () => {
    expect(await parallelRun({}, noTimes)).toBeUndefined();
    expect(await parallelRun({ serial: true, seed: 3 }, noTimes)).toBeUndefined();
    expect(await parallelRun({ jobs: 1 }, noTimes)).toBeUndefined();
  });

  it('knows the last times, and has a seed of its own where none is said', async () => {
    expect(await parallelRun({ jobs: 4, seed: 0 }, noTimes)).toEqual({ jobs: 4, seed: 0, lastMs: { a: 1 } });
    expect((await parallelRun({ jobs: 4 }, noTimes))?.seed).toBeGreaterThanOrEqual(0);
  });

  it('refuses what contradicts it', async () => {
    await expect(parallelRun({ jobs: 2, serial: true }, noTimes)).rejects.toThrow('contradict');
    await expect(parallelRun({ jobs: 2, observer: ['x.js'] }, noTimes)).rejects.toThrow('observer');
  });
});
