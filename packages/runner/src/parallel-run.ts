import type { ParallelRun } from '@whitebox/testkit';
import { UsageError } from './errors.js';
import { readLastTimes } from './last-times.js';

export interface ParallelOptions {
  /** Cases at the same time, at most. */
  readonly jobs?: number | undefined;
  readonly serial?: boolean | undefined;
  readonly seed?: number | undefined;
  readonly observer?: readonly string[] | undefined;
}

/**
 * How the cases of a run share the cloud; undefined: one after the other, which is the default.
 *
 * @throws UsageError `WB_RUN_USAGE`
 */
export async function parallelRun(
  { jobs = 1, serial = false, seed, observer = [] }: ParallelOptions,
  lastTimes = readLastTimes,
): Promise<ParallelRun | undefined> {
  if (serial && jobs > 1) throw contradiction(`--serial and --jobs ${jobs} contradict each other`);
  if (jobs === 1) return undefined;
  if (observer.length > 0)
    throw contradiction(
      `an observer may break the cloud, under other cases as well: not with --jobs ${jobs}`,
    );
  return { jobs, seed: seed ?? Math.floor(Math.random() * 1_000_000), lastMs: await lastTimes() };
}

function contradiction(observed: string): UsageError {
  return new UsageError({
    code: 'WB_RUN_USAGE',
    action: 'choose how cases share the cloud',
    observed,
    advice: 'Leave one of them out.',
  });
}
