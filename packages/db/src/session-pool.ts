import type { RunningLimit } from './running-limit.js';
import type { Session } from './session.js';

/** Milliseconds after which an idle session is asked whether it still lives: proxies drop idle connections silently. */
const IDLE_MS = 20_000;
const PING_MS = 3000;

/** A few sessions, made when they are needed, each lent to one user at a time. */
export class SessionPool {
  readonly #open: (limit: RunningLimit) => Promise<Session>;
  readonly #size: number;
  readonly #idle: { readonly session: Session; readonly since: number }[] = [];
  readonly #waiting: (() => void)[] = [];
  #lent = 0;

  constructor(open: (limit: RunningLimit) => Promise<Session>, size: number) {
    this.#open = open;
    this.#size = size;
  }

  /** Lends a session to `use` and takes it back afterwards; one that broke is replaced by the next user. */
  async with<T>(
    limit: RunningLimit,
    use: (session: Session) => Promise<T>,
    gaveUpWaiting: () => Error,
  ): Promise<T> {
    await this.#takeTurn(limit.signal, gaveUpWaiting);
    let session: Session | undefined;
    try {
      session = (await this.#idleSession()) ?? (await this.#open(limit));
      return await use(session);
    } finally {
      if (session?.isUsable === true) this.#idle.push({ session, since: performance.now() });
      this.#lent--;
      this.#waiting.shift()?.();
    }
  }

  async #takeTurn(signal: AbortSignal, gaveUpWaiting: () => Error): Promise<void> {
    if (this.#lent >= this.#size) {
      await new Promise<void>((resolve, reject) => {
        const turn = (): void => {
          signal.removeEventListener('abort', give);
          resolve();
        };
        const give = (): void => {
          this.#waiting.splice(this.#waiting.indexOf(turn), 1);
          reject(gaveUpWaiting());
        };
        this.#waiting.push(turn);
        signal.addEventListener('abort', give, { once: true });
        if (signal.aborted) give();
      });
    }
    this.#lent++;
  }

  async #idleSession(): Promise<Session | undefined> {
    for (let entry = this.#idle.pop(); entry !== undefined; entry = this.#idle.pop()) {
      const { session, since } = entry;
      if (!session.isUsable) continue;
      if (performance.now() - since < IDLE_MS) return session;
      if (await session.ping(AbortSignal.timeout(PING_MS))) return session;
    }
    return undefined;
  }

  /** Ends the sessions that nobody uses. */
  async close(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map(({ session }) => session.end()));
  }
}
