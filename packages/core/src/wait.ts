import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
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

/** A wait that has ended, as {@link onWait} tells of it. */
export interface WaitRecord {
  readonly what: string;
  readonly host?: string | undefined;
  readonly milliseconds: number;
  readonly looks: number;
  /** Milliseconds from the last look that found it not so to the end: it may have been so for at most that long. */
  readonly lateMs: number;
  readonly reached: boolean;
}

const waits = channel('whitebox:wait');

/**
 * Told of every wait of this process that took more than one look, at its end and in the asynchronous context of who waited.
 * @returns ends it
 */
export function onWait(listener: (wait: WaitRecord) => void): () => void {
  const take = (message: unknown): void => {
    // Nothing else is published there.
    listener(message as WaitRecord);
  };
  subscribe(waits.name, take);
  return () => {
    unsubscribe(waits.name, take);
  };
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
  let looks = 0;
  let lookedAt = started;
  const tell = (reached: boolean): void => {
    if (looks < 2) return;
    const now = performance.now();
    const record: WaitRecord = {
      what,
      host: options.host,
      milliseconds: now - started,
      looks,
      lateMs: now - lookedAt,
      reached,
    };
    waits.publish(record);
  };
  try {
    for (;;) {
      looks += 1;
      const result = await raceSignal(look(limit), limit);
      if (result.done) {
        tell(true);
        return result.value;
      }
      lookedAt = performance.now();
      seen = result.seen;
      await sleep(pause, limit);
      pause = Math.min(pause * 1.5, maxPause);
    }
  } catch (error) {
    tell(false);
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
