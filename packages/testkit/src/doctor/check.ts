import type { Site } from './site.js';

/** wrong: no run can work like that; warning: it works, but not as it should; unknown: it could not be told. */
export type Verdict = 'ok' | 'warning' | 'wrong' | 'unknown';

/** One thing that a check has found. */
export interface Finding {
  readonly verdict: Verdict;
  /** Where it is about one host. */
  readonly host?: string | undefined;
  readonly found: string;
  /** What to do next; absent where nothing is to be done. */
  readonly next?: string | undefined;
  /** Of the error behind it: "WB_SSH_AUTH". */
  readonly code?: string | undefined;
}

/** One question about a cloud and the way to it. It only looks. */
export interface Check {
  /** Stable: "WB_DOCTOR_SSH". */
  readonly code: `WB_DOCTOR_${string}`;
  readonly title: string;
  /** Milliseconds; default 30 000. */
  readonly timeoutMs?: number | undefined;
  /** What it throws is wrong, unless it is a {@link NotLooked}. */
  readonly look: (site: Site, signal: AbortSignal) => Promise<readonly Finding[]>;
}

/** Something else has to work first; its own check says what is wrong with it. */
export class NotLooked extends Error {}

/** @throws NotLooked where the promise rejects */
export async function after<T>(what: string, promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch {
    throw new NotLooked(`not looked at, as ${what} does not work`);
  }
}

export function ok(found: string, host?: string): Finding {
  return { verdict: 'ok', found, host };
}

export function warning(found: string, next: string, host?: string): Finding {
  return { verdict: 'warning', found, next, host };
}

export function wrong(found: string, next: string, host?: string): Finding {
  return { verdict: 'wrong', found, next, host };
}

export function unknown(found: string, next?: string, host?: string): Finding {
  return { verdict: 'unknown', found, next, host };
}
