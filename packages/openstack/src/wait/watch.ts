import { errorCode, sleep, WaitTimeoutError, waitUntil, type Limits, type Look } from '@whitebox/core';

/** Default deadline of a wait. */
const DEFAULT_WAIT_MS = 300_000;
const SHORTEST_PAUSE_MS = 150;
const LONGEST_PAUSE_MS = 1000;
/** A look that has had no answer for so long when the time is over is worth a word. */
const SILENCE_MS = 250;

/** What may be answered while a service restarts or has too much to do; a wait outlasts it. */
const outages = new Set([
  'WB_OPENSTACK_UNAVAILABLE',
  'WB_OPENSTACK_OVER_LIMIT',
  'WB_OPENSTACK_CONNECTION_LOST',
  'WB_OPENSTACK_UNREACHABLE',
  'WB_OPENSTACK_TIMEOUT',
]);

/**
 * Looks until a look is done, one look at a time. The pause is a tenth of the time since something last changed, between
 * 150 ms and a second: what happens soon is noticed soon, what takes minutes is not asked about hundreds of times.
 */
export async function watch<T>(
  what: string,
  look: (signal: AbortSignal) => Promise<Look<T>>,
  limits: Limits & { readonly advice?: string | undefined },
): Promise<T> {
  let changedAt = performance.now();
  let seen: string | undefined;
  let lookingSince: number | undefined;
  const waiting = waitUntil(
    what,
    async (signal) => {
      if (seen !== undefined) {
        const pause = (performance.now() - changedAt) / 10;
        await sleep(Math.min(Math.max(pause, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS), signal);
      }
      lookingSince = performance.now();
      const result = await lookThroughOutage(look, signal);
      lookingSince = undefined;
      if (!result.done && result.seen !== seen) {
        changedAt = performance.now();
        seen = result.seen;
      }
      return result;
    },
    // The pause is made here, where it is known whether anything changed.
    { ...limits, timeoutMs: limits.timeoutMs ?? DEFAULT_WAIT_MS, intervalMs: 0, maxIntervalMs: 0 },
  );
  try {
    return await waiting;
  } catch (error) {
    const silentMs = lookingSince === undefined ? 0 : performance.now() - lookingSince;
    if (!(error instanceof WaitTimeoutError) || silentMs < SILENCE_MS) throw error;
    const silent = `no answer to the look after that for ${(silentMs / 1000).toFixed(1)} s`;
    throw new WaitTimeoutError({
      ...error.toJSON(),
      observed: `${error.observed}; ${silent}`,
      cause: error.cause,
    });
  }
}

async function lookThroughOutage<T>(
  look: (signal: AbortSignal) => Promise<Look<T>>,
  signal: AbortSignal,
): Promise<Look<T>> {
  try {
    return await look(signal);
  } catch (error) {
    if (signal.aborted || !outages.has(errorCode(error) ?? '')) throw error;
    return { done: false, seen: `no answer: ${error instanceof Error ? error.message : String(error)}` };
  }
}
