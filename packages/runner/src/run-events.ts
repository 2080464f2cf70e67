import type { Redactor } from '@whitebox/core';
import type { CaseResult } from './case-result.js';
import type { EngineEvent } from './engine-protocol.js';
import type { NewEvent } from './event-lines.js';
import type { Progress } from './progress.js';
import { redactResult } from './redact-result.js';

/** Takes what the engine tells: shows it, tells it on and keeps it, without the secrets that were told along with it. */
export class RunEvents {
  readonly cases: CaseResult[] = [];
  readonly troubles: string[] = [];
  readonly #progress: Progress;
  readonly #redactor: Redactor;
  readonly #tell: (event: NewEvent) => void;

  constructor(progress: Progress, redactor: Redactor, tell: (event: NewEvent) => void = () => undefined) {
    this.#progress = progress;
    this.#redactor = redactor;
    this.#tell = tell;
  }

  take(event: EngineEvent): void {
    switch (event.type) {
      case 'case-started':
        this.#progress.started(event.id, event.name, event.attempt, event.turn);
        this.#tell(event);
        break;
      case 'case-step':
        this.#progress.step(event.id, this.#redactor.redact(event.text));
        this.#tell(event);
        break;
      case 'case-hosts':
        this.#progress.hosts(event.id, event.hosts);
        this.#tell(event);
        break;
      case 'case-ended': {
        const result = redactResult(event.result, this.#redactor);
        this.cases.push(result);
        this.#progress.ended(result);
        this.#tell(endedEvent(result));
        break;
      }
      case 'trouble':
        this.trouble(event.message);
        break;
      case 'listed':
      case 'done':
        break;
    }
  }

  /** Something outside of any case. */
  trouble(message: string): void {
    const text = this.#redactor.redact(message);
    this.troubles.push(text);
    this.#tell({ type: 'trouble', message: text });
  }
}

/** What was done behind the steps is in results.json. */
function endedEvent(result: CaseResult): NewEvent {
  const { suite, id, testId, name, attempt, verdict, started, durationMs, turn, reason } = result;
  const { failures, evidence } = result;
  const base = { suite, id, testId, name, attempt, verdict, started, durationMs, turn, reason };
  return { type: 'case-ended', ...base, failures, evidence };
}
