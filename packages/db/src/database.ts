import { isIPv6 } from 'node:net';
import type { Limits } from '@whitebox/core';
import type { Endpoint } from '@whitebox/host';
import type { DatabaseOptions } from './connect-options.js';
import { openTo } from './connect.js';
import { DatabaseError } from './errors.js';
import { closed, toChange, toRows, type Change } from './results.js';
import { gaveUp, startLimit, type RunningLimit } from './running-limit.js';
import { Session } from './session.js';
import { SessionPool } from './session-pool.js';
import type { Row } from './sql-value.js';
import type { Sql } from './sql.js';
import { checkStatement, type CheckedStatement } from './statement.js';
import { OpenTransaction, type Queryable, type Transaction } from './transaction.js';

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_CONNECT_MS = 15_000;

/** A database server: read-only unless asked otherwise, parameterised only, every value exact. */
export class Database implements Queryable, AsyncDisposable {
  /** For people and for errors: "nova_api at 127.0.0.1:3306". */
  readonly name: string;
  readonly readOnly: boolean;
  readonly #options: DatabaseOptions;
  readonly #pool: SessionPool;
  #serverVersion = '';
  #closed = false;

  private constructor(options: DatabaseOptions) {
    const { endpoint, database } = options;
    const address = addressOf(endpoint);
    this.name = database === undefined ? `the database server at ${address}` : `${database} at ${address}`;
    this.readOnly = options.readOnly ?? true;
    this.#options = options;
    this.#pool = new SessionPool(
      (limit) => this.#openSession(limit),
      Math.max(1, options.maxConnections ?? 2),
    );
  }

  /**
   * Connects once, so that what is wrong with the options shows here. Connections that the server or a proxy ends
   * while they are idle are replaced when they are needed again.
   *
   * @throws DatabaseError `WB_DB_ACCESS_DENIED`, `WB_DB_NO_DATABASE`, `WB_DB_UNKNOWN_HOST`, `WB_DB_UNREACHABLE`,
   *   `WB_DB_TLS`, `WB_DB_TOO_MANY_CONNECTIONS`, `WB_DB_ABORTED`
   */
  static async connect(options: DatabaseOptions): Promise<Database> {
    const database = new Database(options);
    await database.#lend('connect', database.#connectLimit(), () => Promise.resolve());
    return database;
  }

  /** "10.11.19-MariaDB-0+deb12u1", "8.0.39". */
  get serverVersion(): string {
    return this.#serverVersion;
  }

  async query(statement: Sql, limits?: Limits): Promise<readonly Row[]> {
    const checked = this.#check(statement, 'query');
    const limit = this.#limit(limits);
    return toRows(
      await this.#lend(checked.label, limit, (session) =>
        session.execute(checked.text, statement.parameters, checked.label, limit),
      ),
      checked.label,
    );
  }

  /**
   * A change outside of a transaction.
   *
   * @throws DatabaseError `WB_DB_READ_ONLY` unless connected with `readOnly: false`
   */
  async execute(statement: Sql, limits?: Limits): Promise<Change> {
    const checked = this.#check(statement, 'execute');
    const limit = this.#limit(limits);
    return toChange(
      await this.#lend(checked.label, limit, (session) =>
        session.execute(checked.text, statement.parameters, checked.label, limit),
      ),
    );
  }

  /**
   * Runs `work` in a transaction: committed when it resolves, rolled back when it rejects. With a read-only database
   * all its queries see the one state that the tables had at its start.
   *
   * @param limits for waiting for a free connection; each statement has limits of its own
   */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>, limits?: Limits): Promise<T> {
    const limit = this.#limit(limits);
    return this.#lend('START TRANSACTION', limit, async (session) => {
      await session.command(
        `START TRANSACTION WITH CONSISTENT SNAPSHOT${this.readOnly ? ', READ ONLY' : ''}`,
        limit,
      );
      const transaction = new OpenTransaction(
        session,
        (statement, use) => this.#check(statement, use),
        (own) => this.#limit(own),
      );
      try {
        const result = await work(transaction);
        await transaction.finish('COMMIT');
        return result;
      } catch (error) {
        await transaction.finish('ROLLBACK').catch(() => {
          session.destroy();
        });
        throw error;
      }
    });
  }

  /** Ends the connections; what still runs is not waited for. Statements after it are errors (`WB_DB_CLOSED`). */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#closeWhenOver();
  }

  async #closeWhenOver(): Promise<void> {
    if (this.#closed) await this.#pool.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #check(statement: Sql, use: 'query' | 'execute'): CheckedStatement {
    if (this.#closed) throw closed(this.name);
    const checked = checkStatement(statement);
    const host = this.#options.through?.name;
    if (this.readOnly && (use === 'execute' || checked.kind !== 'read')) {
      throw new DatabaseError({
        code: 'WB_DB_READ_ONLY',
        action: `${checked.label} in ${this.name}`,
        host,
        observed:
          checked.kind === 'lock'
            ? 'it locks rows, and the database is open for reading'
            : 'the database is open for reading',
        advice: 'Connect with readOnly: false where the change is meant.',
      });
    }
    if (checked.kind === 'session') {
      throw new DatabaseError({
        code: 'WB_DB_SESSION',
        action: `${checked.label} in ${this.name}`,
        host,
        observed: 'it changes a session that other statements use next',
        advice: 'For several statements as one use transaction(...); name tables with their database.',
      });
    }
    if (use === 'query' && checked.kind === 'write') {
      throw new DatabaseError({
        code: 'WB_DB_READ_ONLY',
        action: `${checked.label} in ${this.name}`,
        host,
        observed: 'query() is for statements that read',
        advice: 'Use execute() for a change.',
      });
    }
    return checked;
  }

  #limit(limits: Limits | undefined): RunningLimit {
    return startLimit(limits, this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  }

  #connectLimit(): RunningLimit {
    const { connectTimeoutMs, signal } = this.#options;
    return startLimit({ timeoutMs: connectTimeoutMs, signal }, DEFAULT_CONNECT_MS);
  }

  async #lend<T>(label: string, limit: RunningLimit, use: (session: Session) => Promise<T>): Promise<T> {
    if (this.#closed) throw closed(this.name);
    const facts = { action: `${label} in ${this.name}`, host: this.#options.through?.name };
    try {
      return await this.#pool.with(limit, use, () => gaveUp(limit, facts, 'queued'));
    } finally {
      await this.#closeWhenOver();
    }
  }

  async #openSession(limit: RunningLimit): Promise<Session> {
    const { through, onStatement } = this.#options;
    const facts = { database: this.name, host: through?.name, onStatement };
    const connection = await openTo(this.#options, this.name, limit);
    const session = new Session(connection, facts, (signal) =>
      openTo(this.#options, this.name, { signal, timeoutMs: DEFAULT_CONNECT_MS, caller: undefined }),
    );
    try {
      await session.prepare(this.readOnly, limit);
    } catch (error) {
      session.destroy();
      throw error;
    }
    this.#serverVersion = session.version;
    return session;
  }
}

/** As in a URL: "10.0.0.1:3306", "[::1]:3306", or the path of a unix socket. */
function addressOf(endpoint: Endpoint): string {
  if ('socketPath' in endpoint) return endpoint.socketPath;
  const { address, port } = endpoint;
  return `${isIPv6(address) ? `[${address}]` : address}:${port}`;
}
