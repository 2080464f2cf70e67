import type { CaseNeeds, CloudReference, UnmetNeed } from '@whitebox/testkit';
import type { CaseResult } from './case-result.js';
import { runEngine } from './engine-client.js';
import { RunError } from './errors.js';
import type { SuitePackage } from './suite-package.js';

/**
 * What each case of suites misses in a cloud. Nothing is made or changed.
 *
 * @throws RunError `WB_RUN_SUITE_BROKEN`
 */
export async function lookAtNeeds(
  suites: readonly SuitePackage[],
  cloud: CloudReference,
  signal: AbortSignal,
): Promise<readonly CaseNeeds[]> {
  const results: CaseResult[] = [];
  const troubles: string[] = [];
  await runEngine(
    {
      task: 'run',
      suites,
      context: {
        cloud,
        runId: 'needs',
        stateDirectory: '',
        observers: [],
        requireNeeds: false,
        repeat: 1,
        failKnownBugs: false,
        needsOnly: true,
      },
    },
    {
      onEvent: (event) => {
        if (event.type === 'case-ended') results.push(event.result);
        if (event.type === 'trouble') troubles.push(event.message);
      },
      onOutput: () => undefined,
      signal,
    },
  );
  const failed = results.find(({ verdict }) => verdict === 'failed');
  const [trouble = failed?.failures[0]?.message] = troubles;
  if (trouble === undefined) return results.map(needsOf);
  throw new RunError({
    code: 'WB_RUN_SUITE_BROKEN',
    action: `look at the needs of ${suites.map(({ name }) => name).join(', ')}`,
    observed: trouble,
    advice: 'Mend the suite, or the cloud: whitebox run would fail in the same way.',
  });
}

/** See `needsOnly` of RunContext. */
export function needsOf({ name, reason = '' }: Pick<CaseResult, 'name' | 'reason'>): CaseNeeds {
  return { name, unmet: JSON.parse(reason) as readonly UnmetNeed[] };
}
