import type { Redactor } from '@whitebox/core';
import type { CaseResult } from './case-result.js';

/**
 * A result without secrets in whatever its case, its libraries and the cloud have said. What it goes by (suite, ids, sentence) is
 * the suite's own text and stays as it is.
 */
export function redactResult(result: CaseResult, redactor: Redactor): CaseResult {
  const { reason, failures, steps, evidence, invariants, output, recording } = result;
  const said = { failures, steps, evidence, invariants };
  return {
    ...result,
    ...redacted(said, redactor),
    ...(reason === undefined ? {} : { reason: redactor.redact(reason) }),
    ...(recording === undefined ? {} : { recording: redacted(recording, redactor) }),
    ...(output === undefined ? {} : { output: redactor.redact(output) }),
  };
}

/** Plain values with every text in them redacted. */
export function redacted<Value>(value: Value, redactor: Redactor): Value {
  const walk = (one: unknown): unknown => {
    if (typeof one === 'string') return redactor.redact(one);
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([name, inner]) => [name, walk(inner)]));
  };
  return walk(value) as Value;
}
