import { limitSignal, raceSignal, sleep, type Limits } from './deadline.js';
import { WhiteboxError } from './errors.js';

/** What one look at the world found: the value waited for, or what was seen instead. */
export type Look<T> =
  { readonly done: true; readonly value: T } | { readonly done: false; readonly seen: string };

export interface WaitOptions extends Limits {
  /** Milliseconds until the wait fails; counted from the call. */
  readonly timeoutMs: number;
  /** Milliseconds between the first looks (default 100); grows by half each time up to `maxIntervalMs`. */
  readonly intervalMs?: number | undefined;
  /** Milliseconds between looks at the most (default 1000). */
  readonly maxIntervalMs?: number | undefined;
  readonly host?: string | undefined;
  /** What to do when it does not happen. */
  readonly advice?: string | undefined;
}

/** Thrown when what was waited for did not happen in time; `observed` has what was last seen. */
export class WaitTimeoutError extends WhiteboxError {}

/**
 * Looks again and again until a look is done. A look that throws ends the wait with that error: a look returns
 * `{ done: false }` for what may still change and throws for what cannot.
 *
 * @param what what is waited for, as in "server 7a3f to become ACTIVE"
 * @throws WaitTimeoutError (`WB_WAIT_TIMEOUT`) with the last thing seen, also when a look itself hangs
 */
export async function waitUntil<T>(
  what: string,
  look: (signal: AbortSignal) => Promise<Look<T>>,
  options: WaitOptions,
): Promise<T> {
  const started = performance.now();
  const limit = limitSignal(options);
  let seen = 'nothing yet';
  let pause = options.intervalMs ?? 100;
  const maxPause = options.maxIntervalMs ?? 1000;
  try {
    for (;;) {
      const result = await raceSignal(look(limit), limit);
      if (result.done) return result.value;
      seen = result.seen;
      await sleep(pause, limit);
      pause = Math.min(pause * 1.5, maxPause);
    }
  } catch (error) {
    // A look may wrap the abort of its own request; whatever it threw after the deadline, the deadline is the reason.
    if (options.signal?.aborted === true || !limit.aborted) throw error;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    throw new WaitTimeoutError({
      code: 'WB_WAIT_TIMEOUT',
      action: `wait for ${what}`,
      host: options.host,
      observed: `not within ${seconds} s; last seen: ${seen}`,
      advice:
        options.advice ??
        'Look at the logs of the service that should have made the change, or allow it more time.',
      cause: error,
    });
  }
}
