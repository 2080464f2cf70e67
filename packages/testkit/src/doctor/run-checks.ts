import { limitSignal, raceSignal } from '@whitebox/core';
import type { Check, Finding, Verdict } from './check.js';
import { findingsOfError } from './findings-of-error.js';
import type { Site } from './site.js';

const defaultTimeoutMs = 30_000;

export interface CheckResult {
  readonly code: Check['code'];
  readonly title: string;
  /** The worst of its findings. */
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly durationMs: number;
}

/** Worst last. */
const verdicts: readonly Verdict[] = ['ok', 'warning', 'unknown', 'wrong'];

/**
 * All checks at once, each within its deadline: one that does not answer could not tell. The order of the results is that of
 * the checks.
 *
 * @param done told of each as it ends
 */
export async function runChecks(
  checks: readonly Check[],
  site: Site,
  done: (result: CheckResult) => void = () => undefined,
): Promise<readonly CheckResult[]> {
  return Promise.all(
    checks.map(async (check) => {
      const started = performance.now();
      const findings = await findingsOf(check, site);
      const result: CheckResult = {
        code: check.code,
        title: check.title,
        verdict: worst(findings),
        findings,
        durationMs: Math.round(performance.now() - started),
      };
      done(result);
      return result;
    }),
  );
}

/** A check without findings has looked at nothing. */
export function worst(findings: readonly Finding[]): Verdict {
  const ranks = findings.map(({ verdict }) => verdicts.indexOf(verdict));
  return findings.length === 0 ? 'unknown' : (verdicts[Math.max(...ranks)] ?? 'unknown');
}

async function findingsOf(check: Check, site: Site): Promise<readonly Finding[]> {
  const timeoutMs = check.timeoutMs ?? defaultTimeoutMs;
  const signal = limitSignal({ timeoutMs });
  try {
    return await raceSignal(check.look(site, signal), signal);
  } catch (error) {
    if (!signal.aborted) return findingsOfError(error);
    return [{ verdict: 'unknown', found: `no answer within ${timeoutMs / 1000} s` }];
  }
}
