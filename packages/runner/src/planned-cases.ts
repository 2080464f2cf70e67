import { UsageError } from './errors.js';
import { listSuites } from './list-suites.js';
import { selectCases, selects, type Selection } from './select-cases.js';
import { readTimes, takeShard, type Shard, type ShardNote } from './shard.js';
import type { SuitePackage } from './suite-package.js';

export interface ShardOptions {
  readonly shard?: Shard | undefined;
  /** A file for {@link readTimes}. */
  readonly times?: string | undefined;
}

/** What a run is about to run. */
export interface PlannedCases {
  /** Ids; undefined: every case of the suites. */
  readonly only?: readonly string[] | undefined;
  readonly shard?: ShardNote | undefined;
}

/**
 * Before the cloud is touched: the cases that filters, lists and the shard leave.
 *
 * @throws UsageError `WB_RUN_USAGE`, and what selecting throws
 */
export async function plannedCases(
  suites: readonly SuitePackage[],
  { shard, times, ...selection }: Selection & ShardOptions,
  list = listSuites,
): Promise<PlannedCases> {
  if (times !== undefined && shard === undefined)
    throw new UsageError({
      code: 'WB_RUN_USAGE',
      action: `take the times of ${times}`,
      observed: 'there is no --shard that would need them',
      advice: 'Leave --times out, or say which part this is: --shard 1/3.',
    });
  if (!selects(selection) && shard === undefined) return {};
  const known = times === undefined ? {} : await readTimes(times);
  const cases = await list(suites);
  const ids = (selects(selection) ? await selectCases(cases, selection) : cases).map(({ id }) => id);
  if (shard === undefined) return { only: ids };
  const taken = takeShard(ids, shard, known);
  return { only: taken.ids, shard: taken.note };
}

/** How many cases the suites have; undefined where they cannot be loaded, as the run itself will tell. */
export async function countCases(suites: readonly SuitePackage[]): Promise<number | undefined> {
  const cases = await listSuites(suites).catch(() => undefined);
  return cases?.length;
}
