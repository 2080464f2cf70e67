import { BadAnswerError } from '../errors.js';
import type { HttpError } from './http-error.js';
import { networkFailure } from './network-failure.js';

const MAX_TRIES = 3;

/** An answer with an error status, on its way to being repeated or thrown. */
export class AnsweredError extends Error {
  readonly error: HttpError;
  /** How long the service asks to wait; undefined when it does not. */
  readonly retryAfterMs: number | undefined;

  constructor(error: HttpError, retryAfter: number | undefined) {
    super(error.message);
    this.error = error;
    this.retryAfterMs = retryAfter;
  }
}

/**
 * Milliseconds to wait before the next try, or undefined where trying again cannot help or may do the work twice.
 *
 * @param repeatable whether doing it twice is as good as once
 */
export function pauseBeforeRetry(error: unknown, attempt: number, repeatable: boolean): number | undefined {
  if (attempt >= MAX_TRIES) return undefined;
  const own = 100 * 4 ** (attempt - 1);
  if (error instanceof AnsweredError) {
    const { status } = error.error;
    // With 429 nothing was done, whatever was asked for.
    const again = status === 429 || (status === 503 && repeatable);
    return again ? (error.retryAfterMs ?? own) : undefined;
  }
  if (error instanceof BadAnswerError || !repeatable) return undefined;
  return networkFailure(error).transient ? own : undefined;
}

/** Retry-After of RFC 9110: seconds, or the moment by the clock of the service. */
export function retryAfterMs(headers: Readonly<Record<string, string>>): number | undefined {
  const asked = headers['retry-after']?.trim() ?? '';
  if (/^\d+$/.test(asked)) return Number(asked) === 0 ? undefined : Number(asked) * 1000;
  const moment = Date.parse(asked);
  if (Number.isNaN(moment)) return undefined;
  const now = Date.parse(headers['date'] ?? '');
  return Math.max(moment - (Number.isNaN(now) ? Date.now() : now), 0);
}
