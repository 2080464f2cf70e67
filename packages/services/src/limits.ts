import type { Limits } from '@whitebox/core';

/** The limits that the caller gave, to be spread over defaults: what is undefined does not undo them. */
export function given({ timeoutMs, signal }: Limits): Limits {
  return { ...(timeoutMs === undefined ? {} : { timeoutMs }), ...(signal === undefined ? {} : { signal }) };
}
