/** What an {@link IniError} tells. Lines and columns are counted from 1, columns in UTF-16 code units. */
export interface IniErrorFacts {
  readonly code: `WB_INI_${string}`;
  /** What was being done: "parse /etc/nova/nova.conf". */
  readonly action: string;
  /** What was found. Never the text of a value: it may be a password. */
  readonly observed: string;
  /** What the reader can do next. */
  readonly advice: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly cause?: unknown;
}

/** Every error that this package throws on purpose. It has the fields of a WhiteboxError without depending on its package. */
export class IniError extends Error {
  readonly code: IniErrorFacts['code'];
  readonly action: string;
  readonly observed: string;
  readonly advice: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(facts: IniErrorFacts) {
    super(
      `${facts.action}: ${facts.observed}\n  ${facts.advice} [${facts.code}]`,
      facts.cause === undefined ? undefined : { cause: facts.cause },
    );
    this.name = 'IniError';
    this.code = facts.code;
    this.action = facts.action;
    this.observed = facts.observed;
    this.advice = facts.advice;
    this.file = facts.file;
    this.line = facts.line;
    this.column = facts.column;
  }

  toJSON(): Omit<IniErrorFacts, 'cause'> & { readonly name: string } {
    const { name, code, action, observed, advice, file, line, column } = this;
    return { name, code, action, observed, advice, file, line, column };
  }
}
