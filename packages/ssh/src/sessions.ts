import { sleep } from '@whitebox/core';
import { HostError } from '@whitebox/host';
import type { ExecSession } from './exec-session.js';

/** What opens channels. */
export interface SessionSource {
  exec(command: string): Promise<ExecSession>;
}

/** A connection that is made when it is needed and closed when it is not. */
export interface SpareConnection extends SessionSource {
  close(): Promise<void>;
}

interface Waiting {
  readonly go: () => void;
}

/**
 * Keeps the number of programs on a connection below what the server allows (MaxSessions). Who comes later waits. When
 * the server refuses one although fewer run than the limit says, the limit was too high: it is lowered, one is left
 * free for urgent ones, and the refused one waits like the others.
 */
export class Sessions {
  readonly #host: string;
  readonly #source: SessionSource;
  readonly #isRefusal: (error: unknown) => boolean;
  readonly #connectSpare: () => Promise<SpareConnection>;
  readonly #releaseOthers: () => Promise<boolean>;
  readonly #waiting: Waiting[] = [];
  #limit: number;
  #open = 0;
  #urgent = 0;
  #spare: Promise<SpareConnection> | undefined;
  #spareUsers = 0;

  constructor(parts: {
    readonly host: string;
    readonly source: SessionSource;
    readonly limit: number;
    readonly isRefusal: (error: unknown) => boolean;
    /** A second connection, for an urgent program that finds no place on the first. */
    readonly connectSpare: () => Promise<SpareConnection>;
    /** Gives up sessions of other kinds; whether there were any. */
    readonly releaseOthers: () => Promise<boolean>;
  }) {
    this.#host = parts.host;
    this.#source = parts.source;
    this.#limit = Math.max(1, parts.limit);
    this.#isRefusal = parts.isRefusal;
    this.#connectSpare = parts.connectSpare;
    this.#releaseOthers = parts.releaseOthers;
  }

  /** How many programs may run at once, as far as it is known. */
  get limit(): number {
    return this.#limit;
  }

  /** Starts a program as soon as there is room. @throws the signal's reason when it is aborted before */
  async open(command: string, urgent: boolean, signal: AbortSignal): Promise<ExecSession> {
    for (let refusals = 0; ;) {
      if (urgent && this.#open >= this.#limit) return await this.#openUrgent(command, signal);
      await this.#turn(signal);
      try {
        return this.#counted(await this.#source.exec(command));
      } catch (error) {
        if (this.#isRefusal(error)) {
          refusals += 1;
          await this.#lower(error, refusals, signal).finally(() => {
            this.#free();
          });
        } else {
          this.#free();
          throw error;
        }
      }
    }
  }

  /** While all places are taken: in the place that is kept free, else on a connection made for the purpose. */
  async #openUrgent(command: string, signal: AbortSignal): Promise<ExecSession> {
    if (this.#urgent === 0) {
      this.#urgent += 1;
      try {
        const session = await this.#source.exec(command);
        void session.closed.then(() => (this.#urgent -= 1));
        return session;
      } catch (error) {
        this.#urgent -= 1;
        if (!this.#isRefusal(error)) throw error;
      }
    }
    for (;;) {
      signal.throwIfAborted();
      const spare = await this.#enterSpare();
      try {
        const session = await spare.exec(command);
        void session.closed.then(() => this.#leaveSpare());
        return session;
      } catch (error) {
        await this.#leaveSpare();
        if (!this.#isRefusal(error)) throw error;
        await sleep(100, signal);
      }
    }
  }

  async #enterSpare(): Promise<SessionSource> {
    this.#spareUsers += 1;
    this.#spare ??= this.#connectSpare();
    try {
      return await this.#spare;
    } catch (error) {
      await this.#leaveSpare();
      throw error;
    }
  }

  async #leaveSpare(): Promise<void> {
    this.#spareUsers -= 1;
    if (this.#spareUsers > 0) return;
    const spare = this.#spare;
    this.#spare = undefined;
    await (await spare?.catch(() => undefined))?.close();
  }

  #counted(session: ExecSession): ExecSession {
    void session.closed.then(() => {
      this.#free();
    });
    return session;
  }

  async #turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#open < this.#limit && this.#waiting.length === 0) {
      this.#open += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(place), 1);
        reject(signal.reason as Error);
      };
      const place: Waiting = {
        go: () => {
          signal.removeEventListener('abort', leave);
          this.#open += 1;
          resolve();
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(place);
    });
  }

  #free(): void {
    this.#open -= 1;
    while (this.#open < this.#limit) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next.go();
    }
  }

  async #lower(error: unknown, refusals: number, signal: AbortSignal): Promise<void> {
    if (await this.#releaseOthers()) return;
    const others = this.#open - 1;
    if (others > 0) {
      this.#limit = Math.max(1, Math.min(this.#limit, others - 1));
      return;
    }
    // The server may still be counting one that has just ended.
    if (refusals < 10) {
      await sleep(100, signal);
      return;
    }
    throw new HostError({
      code: 'WB_HOST_FAILED',
      action: 'run a program',
      host: this.#host,
      observed: `the server opens no session: ${error instanceof Error ? error.message : String(error)}`,
      advice: 'Check MaxSessions, ForceCommand and the limits of the user on that machine.',
      cause: error,
    });
  }
}
