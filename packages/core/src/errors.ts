/** A stable name of what went wrong, to be matched by programs: `WB_<AREA>_<WHAT>`. */
export type ErrorCode = `WB_${string}`;

/** What an error tells: what was being done, where, what came back and what to do next. */
export interface ErrorFacts {
  readonly code: ErrorCode;
  /** What was being done, in the words of the caller: "read /etc/nova/nova.conf". */
  readonly action: string;
  /** Name of the host on which it was done; absent when no host is involved. */
  readonly host?: string | undefined;
  /** What came back: an exit code with the end of stderr, an HTTP status with the body's message, the last state seen. */
  readonly observed: string;
  /** What the reader can do next. */
  readonly advice: string;
  readonly cause?: unknown;
}

/** Base of every error that a Whitebox package throws on purpose. */
export class WhiteboxError extends Error {
  readonly code: ErrorCode;
  readonly action: string;
  readonly host: string | undefined;
  readonly observed: string;
  readonly advice: string;

  constructor(facts: ErrorFacts) {
    const where = facts.host === undefined ? '' : ` on ${facts.host}`;
    super(
      `${facts.action}${where}: ${facts.observed}\n  ${facts.advice} [${facts.code}]`,
      facts.cause === undefined ? undefined : { cause: facts.cause },
    );
    this.name = new.target.name;
    this.code = facts.code;
    this.action = facts.action;
    this.host = facts.host;
    this.observed = facts.observed;
    this.advice = facts.advice;
  }

  toJSON(): Omit<ErrorFacts, 'cause'> & { readonly name: string } {
    const { name, code, action, host, observed, advice } = this;
    return { name, code, action, host, observed, advice };
  }
}

/** The code of any error that carries one, whichever package and whichever copy of it threw. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
