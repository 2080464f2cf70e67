import { setMaxListeners } from 'node:events';
import { setTimeout as sleepFor } from 'node:timers/promises';

/** Milliseconds; Node takes anything longer for "at once". */
const longestTimer = 2 ** 31 - 1;

/** How long something may take, and how to give it up earlier. */
export interface Limits {
  /** Milliseconds until it is given up. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One signal for a timeout and a caller's signal; aborted by whichever comes first. */
export function limitSignal(limits: Limits & { readonly timeoutMs: number }): AbortSignal {
  // What is left of a deadline is seldom a whole number and may be negative, and Node refuses both.
  const timeout = AbortSignal.timeout(Math.ceil(Math.min(Math.max(limits.timeoutMs, 0), longestTimer)));
  return anySignal(limits.signal === undefined ? [timeout] : [limits.signal, timeout]);
}

/**
 * A signal that is aborted by the first of these, with its reason.
 *
 * AbortSignal.any() is for this, but it holds what it joins weakly, and while memory is cleared up Node 20 forgets a
 * timeout that nothing else knows, and Node 24 a result that is looked at but not listened to. This one listens to all of them
 * until one is aborted: joined with a signal that never is, it stays in memory as long as that signal.
 */
export function anySignal(signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  const follow = (): void => {
    for (const signal of signals) signal.removeEventListener('abort', follow);
    controller.abort(signals.find(({ aborted }) => aborted)?.reason);
  };
  // Node 20 warns of a leak at the eleventh; a run has one signal and thousands of deadlines.
  setMaxListeners(0, ...signals);
  for (const signal of signals) signal.addEventListener('abort', follow, { once: true });
  if (signals.some(({ aborted }) => aborted)) follow();
  return controller.signal;
}

/**
 * The promise, or a rejection with the signal's reason as soon as it is aborted. The work behind the promise is not
 * stopped by this; its later rejection is swallowed.
 */
export function raceSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      reject(asError(signal.reason));
    };
    if (signal.aborted) {
      promise.catch(() => undefined);
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}

/** Sleeps; rejects with the signal's reason when it is aborted meanwhile. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleepFor(milliseconds, undefined, { signal });
  } catch (error) {
    throw signal?.aborted === true ? asError(signal.reason) : error;
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
