import type { Placement } from './placing.js';
import { Schedule, type Candidate, type ScheduleOptions } from './schedule.js';

/** The turn of a case. */
export interface Turn {
  /** Where it is, beside others; undefined: the whole cloud, alone. */
  readonly placement: Placement | undefined;
  readonly waitedMs: number;
  /** Lets others have what it claimed. */
  readonly release: () => void;
}

/** Gives cases their turns, as the schedule says. */
export class Turns {
  readonly #schedule: Schedule;
  readonly #begin = new Map<Candidate, (placement: Placement | undefined) => void>();
  #dispatching = false;

  constructor(options: ScheduleOptions) {
    this.#schedule = new Schedule(options);
  }

  /** Resolves when the case may begin; rejects with the signal's reason when it is given up before. */
  async take(candidate: Candidate, signal: AbortSignal): Promise<Turn> {
    signal.throwIfAborted();
    const asked = performance.now();
    const placement = await new Promise<Placement | undefined>((resolve, reject) => {
      const giveUp = (): void => {
        this.#begin.delete(candidate);
        this.#schedule.withdraw(candidate);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#begin.set(candidate, (found) => {
        signal.removeEventListener('abort', giveUp);
        resolve(found);
      });
      this.#schedule.add(candidate);
      this.#dispatch();
    });
    return {
      placement,
      waitedMs: Math.round(performance.now() - asked),
      release: () => {
        this.#schedule.end(candidate);
        this.#dispatch();
      },
    };
  }

  /** A moment later, when all who ask at the same time have asked: only then their order is that of the schedule. */
  #dispatch(): void {
    if (this.#dispatching) return;
    this.#dispatching = true;
    setImmediate(() => {
      this.#dispatching = false;
      for (const { candidate, placement } of this.#schedule.next()) {
        const begin = this.#begin.get(candidate);
        this.#begin.delete(candidate);
        begin?.(placement);
      }
    });
  }
}
