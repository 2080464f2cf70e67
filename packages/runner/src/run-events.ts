import type { Redactor } from '@whitebox/core';
import type { CaseResult } from './case-result.js';
import type { EngineEvent } from './engine-protocol.js';
import type { Progress } from './progress.js';
import { redactResult } from './redact-result.js';

/** Takes what the engine tells: shows it and keeps it, without the secrets that were told along with it. */
export class RunEvents {
  readonly #progress: Progress;
  readonly #redactor: Redactor;
  readonly #cases: CaseResult[];
  readonly #troubles: string[];

  /** @param cases and troubles are added to */
  constructor(progress: Progress, redactor: Redactor, cases: CaseResult[], troubles: string[]) {
    this.#progress = progress;
    this.#redactor = redactor;
    this.#cases = cases;
    this.#troubles = troubles;
  }

  take(event: EngineEvent): void {
    switch (event.type) {
      case 'case-started':
        this.#progress.started(event.id, event.name, event.attempt);
        break;
      case 'case-step':
        this.#progress.step(event.id, this.#redactor.redact(event.text));
        break;
      case 'case-ended': {
        const result = redactResult(event.result, this.#redactor);
        this.#cases.push(result);
        this.#progress.ended(result);
        break;
      }
      case 'trouble':
        this.#troubles.push(this.#redactor.redact(event.message));
        break;
      case 'listed':
      case 'done':
        break;
    }
  }
}
