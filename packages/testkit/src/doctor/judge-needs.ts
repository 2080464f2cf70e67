import type { Finding } from './check.js';
import { howToMeet } from './how-to-meet.js';
import type { CheckResult } from './run-checks.js';
import { worst } from './run-checks.js';
import type { UnmetNeed } from './unmet-needs.js';

/** A case and what it misses. */
export interface CaseNeeds {
  readonly name: string;
  readonly unmet: readonly UnmetNeed[];
}

export const needsCode = 'WB_DOCTOR_NEEDS';
export const needsTitle = 'what cases wait for';

/** "12 cases wait for 1 compute with ...: found is ...", those for which most cases wait first. */
export function judgeNeeds(cases: readonly CaseNeeds[], durationMs: number): CheckResult {
  const ready = cases.filter(({ unmet }) => unmet.length === 0).length;
  const waiting = new Map<string, { readonly found: string; cases: number }>();
  for (const { unmet } of cases) {
    for (const { need, found } of unmet) {
      const known = waiting.get(need) ?? { found, cases: 0 };
      known.cases += 1;
      waiting.set(need, known);
    }
  }
  const sorted = [...waiting].sort(([a, one], [b, other]) => other.cases - one.cases || a.localeCompare(b));
  const findings: Finding[] =
    cases.length === 0
      ? [{ verdict: 'unknown', found: 'the suites have no case' }]
      : [
          {
            verdict: ready === 0 ? 'wrong' : 'ok',
            found: `${ready} of ${cases.length} cases can run`,
            ...(ready === 0 ? { next: 'See below what they wait for.' } : {}),
          },
          ...sorted.map(([need, { found, cases: count }]): Finding => ({
            verdict: 'warning',
            found: `${count} ${count === 1 ? 'case waits' : 'cases wait'} for ${need}; found ${found}`,
            next: howToMeet(need),
          })),
        ];
  return { code: needsCode, title: needsTitle, verdict: worst(findings), findings, durationMs };
}
