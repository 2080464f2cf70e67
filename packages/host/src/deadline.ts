import { setMaxListeners } from 'node:events';
import { HostError } from './errors.js';
import type { Limited } from './host.js';

const longestTimer = 2 ** 31 - 1;

/** The time limit and the abort signal of one call, and the error that each of them becomes. */
export class Deadline implements Disposable {
  /** Aborted, with the error to throw as its reason, when the time is over or the caller gives up. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #caller: AbortSignal | undefined;
  readonly #onAbort: () => void;

  constructor(host: string, action: string, limits: Limited = {}, defaultMs = 60_000) {
    this.signal = this.#controller.signal;
    this.timeoutMs = limits.timeoutMs ?? defaultMs;
    this.#caller = limits.signal;
    this.#onAbort = (): void => {
      this.#controller.abort(aborted(host, action, this.#caller?.reason));
    };
    this.#timer = setTimeout(
      () => {
        this.#controller.abort(timedOut(host, action, this.timeoutMs));
      },
      // setTimeout takes anything longer for "at once".
      Math.max(0, Math.min(this.timeoutMs, longestTimer)),
    );
    // One signal for many calls at once is what signals are for; Node would warn of more than ten.
    setMaxListeners(0, this.signal, ...(this.#caller === undefined ? [] : [this.#caller]));
    if (this.#caller?.aborted === true) this.#onAbort();
    else this.#caller?.addEventListener('abort', this.#onAbort, { once: true });
  }

  passed(): boolean {
    return this.signal.aborted;
  }

  /** Why the call was given up. */
  get error(): HostError {
    return this.signal.reason as HostError;
  }

  /** The promise, or a rejection with {@link error} as soon as the call is given up. */
  async race<T>(promise: PromiseLike<T>): Promise<T> {
    let onAbort: (() => void) | undefined;
    try {
      return await Promise.race([
        promise,
        new Promise<never>((_resolve, reject) => {
          onAbort = (): void => {
            reject(this.error);
          };
          if (this.signal.aborted) onAbort();
          else this.signal.addEventListener('abort', onAbort, { once: true });
        }),
      ]);
    } finally {
      if (onAbort !== undefined) this.signal.removeEventListener('abort', onAbort);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#onAbort);
  }
}

function timedOut(host: string, action: string, timeoutMs: number): HostError {
  return new HostError({
    code: 'WB_HOST_TIMEOUT',
    action,
    host,
    observed: `not done within ${String(timeoutMs)} ms, so it was ended`,
    advice: 'Allow it more time (timeoutMs), or look on that machine at what it waits for.',
  });
}

function aborted(host: string, action: string, reason: unknown): HostError {
  return new HostError({
    code: 'WB_HOST_ABORTED',
    action,
    host,
    observed: 'the caller gave it up, so it was ended',
    advice: 'Nothing to do, unless this was not wanted: see what aborted the signal (the cause).',
    cause: reason,
  });
}
