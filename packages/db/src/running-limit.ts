import { limitSignal, type Limits } from '@whitebox/core';
import { DatabaseError } from './errors.js';

/** A limit that is under way: the signal that ends it, and what to say then. */
export interface RunningLimit {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** The caller's own signal. */
  readonly caller: AbortSignal | undefined;
}

export function startLimit(limits: Limits | undefined, defaultMs: number): RunningLimit {
  const timeoutMs = limits?.timeoutMs ?? defaultMs;
  return { signal: limitSignal({ timeoutMs, signal: limits?.signal }), timeoutMs, caller: limits?.signal };
}

/** What became of a statement that was given up. */
const fates = {
  ended: {
    seen: 'the statement was ended on the server',
    advice: 'Look for locks and slow statements with SHOW PROCESSLIST, or allow it more time (timeoutMs).',
  },
  dropped: {
    seen: 'it could not be ended on the server, which may go on with it; its connection was given up',
    advice: 'Look for it with SHOW PROCESSLIST, and end it with KILL.',
  },
  queued: {
    seen: 'it was not sent: all connections are in use',
    advice: 'Allow more of them (maxConnections), or look for what keeps them.',
  },
  behind: {
    seen: 'it was not sent: an earlier statement of the transaction still runs',
    advice: 'Give that one a deadline, or this one more time (timeoutMs).',
  },
  unsent: { seen: 'it was not sent', advice: 'Nothing was done.' },
} as const;

/** The error for what ran into its limit, as long as nobody knows better. */
export function gaveUp(
  limit: RunningLimit,
  facts: { readonly action: string; readonly host?: string | undefined },
  fate: keyof typeof fates,
): DatabaseError {
  const { seen, advice } = fates[fate];
  if (limit.caller?.aborted === true) {
    return new DatabaseError({
      ...facts,
      code: 'WB_DB_ABORTED',
      observed: `given up by the caller; ${seen}`,
      advice:
        fate === 'ended' || fate === 'dropped'
          ? 'Whether a write had been done just before is unknown outside of a transaction.'
          : 'Nothing was done.',
      cause: limit.caller.reason,
    });
  }
  return new DatabaseError({
    ...facts,
    code: 'WB_DB_TIMEOUT',
    observed: `no answer within ${limit.timeoutMs} ms; ${seen}`,
    advice,
    cause: limit.signal.reason,
  });
}
