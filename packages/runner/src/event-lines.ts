import type { Redactor } from '@whitebox/core';
import type { RunEvent } from './run-event.js';
import { redacted } from './redact-result.js';

type WithoutTime<Event> = Event extends RunEvent ? Omit<Event, 'at'> : never;
/** An event that has yet to get its time. */
export type NewEvent = WithoutTime<RunEvent>;

/** By these a case goes; they are the suite's own text and stay as they are. */
const names = ['type', 'suite', 'suites', 'id', 'testId', 'name', 'files'] as const;

/** Writes events, one in each line as JSON, without the secrets in what was said. */
export class EventLines {
  readonly #output: { write(text: string): unknown };
  readonly #redactor: Redactor;

  constructor(output: { write(text: string): unknown }, redactor: Redactor) {
    this.#output = output;
    this.#redactor = redactor;
  }

  tell(event: NewEvent): void {
    const kept = Object.fromEntries(Object.entries(event).filter(([name]) => isName(name)));
    const { type, ...rest } = { ...redacted(event, this.#redactor), ...kept };
    this.#output.write(`${JSON.stringify({ type, at: new Date().toISOString(), ...rest })}\n`);
  }
}

function isName(name: string): boolean {
  return (names as readonly string[]).includes(name);
}
