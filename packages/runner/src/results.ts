import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseResult } from './case-result.js';
import { seconds } from './progress.js';
import type { ShardNote } from './shard.js';

/** Of results.json; grows when something is taken away or means something else. Files without one are of format 1. */
export const resultsFormat = 1;

/** What a run ended with; written to `results.json`. */
export interface RunResults {
  readonly format?: typeof resultsFormat | undefined;
  readonly started: string;
  readonly durationMs: number;
  readonly suites: readonly { readonly name: string; readonly version: string }[];
  readonly counts: { readonly passed: number; readonly failed: number; readonly skipped: number };
  /** How many times in a row each case ran, where that is not once; `counts` counts every time. */
  readonly repeat?: number | undefined;
  /** Where cases ran side by side: how many at most, and what repeats their order. */
  readonly jobs?: number | undefined;
  readonly seed?: number | undefined;
  /** Where this is one of several parts of a run. */
  readonly shard?: ShardNote | undefined;
  /** Cases that sometimes passed and sometimes failed; where cases ran several times. */
  readonly flaky?: readonly FlakyCase[] | undefined;
  readonly interrupted: boolean;
  /** Which cloud it was: the address of its Keystone. */
  readonly cloud?: string | undefined;
  /** What the cloud is, a line each: its release, its hosts. */
  readonly facts?: readonly string[] | undefined;
  /** Where the configuration is not what was meant, or not what was found in the cloud. */
  readonly warnings: readonly string[];
  /** What went wrong outside of any case. */
  readonly troubles: readonly string[];
  /** What could not be given back to the cloud. */
  readonly leftovers: readonly string[];
  readonly cases: readonly CaseResult[];
}

export interface FlakyCase {
  readonly id: string;
  readonly passed: number;
  readonly failed: number;
}

/** Cases that passed and failed in the same run. */
export function flaky(cases: readonly CaseResult[]): FlakyCase[] {
  return [...new Set(cases.map(({ id }) => id))].flatMap((id) => {
    const { passed, failed } = count(cases.filter((one) => one.id === id));
    return passed > 0 && failed > 0 ? [{ id, passed, failed }] : [];
  });
}

export function count(cases: readonly CaseResult[]): RunResults['counts'] {
  const of = (verdict: CaseResult['verdict']): number =>
    cases.filter((one) => one.verdict === verdict).length;
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') };
}

/** Writes `results.json`, whole or not at all. */
export async function writeResults(directory: string, results: RunResults): Promise<void> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'results.json');
  await writeFile(`${file}.part`, `${JSON.stringify(results, undefined, 2)}\n`);
  await rename(`${file}.part`, file);
}

export function summary(results: RunResults, directory: string): string {
  const { passed, failed, skipped } = results.counts;
  const lines = [
    ...results.troubles.map((trouble) => `Trouble: ${trouble}`),
    ...results.leftovers.map((leftover) => `Not given back: ${leftover}`),
    ...(results.interrupted ? ['Interrupted.'] : []),
    ...failedCases(results.cases),
    ...(results.flaky ?? []).map(
      (one) => `Flaky: passed ${one.passed} of ${one.passed + one.failed} times: ${one.id}`,
    ),
    `${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds(results.durationMs)}${results.repeat === undefined ? '' : `, each case ${results.repeat} times`}`,
    `Results: ${directory}`,
  ];
  return lines.join('\n');
}

/** The names once more, below what scrolled by, and how to look at them one by one. */
function failedCases(cases: readonly CaseResult[]): string[] {
  const failed = cases.filter(
    ({ id, verdict }, index) =>
      verdict === 'failed' &&
      cases.findIndex((other) => other.id === id && other.verdict === 'failed') === index,
  );
  const [first] = failed;
  if (first === undefined) return [];
  const pattern = first.name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll("'", '.');
  return [
    '',
    'Failed:',
    ...failed.map(({ id }) => `  ${id}`),
    `To run ${failed.length === 1 ? 'it' : 'the first'} alone, add: --filter '${pattern}'`,
    '',
  ];
}
