import { raceSignal } from '@whitebox/core';
import type { StatementRecord } from './connect-options.js';
import type { Connection, StatementResult } from './connection.js';
import { gaveUp, type RunningLimit } from './running-limit.js';
import { databaseError } from './server-errors.js';
import { describeValue, type SqlParameter } from './sql-value.js';

/** Milliseconds that ending a statement on the server may take before its connection is given up. */
const KILL_MS = 3000;

// Unlike the connection's number this tells two servers behind one proxy apart.
const WHICH_SERVER = "SELECT CONCAT_WS(':', @@hostname, @@port, @@server_id), @@version";

export interface SessionFacts {
  /** For errors: "nova_api at 127.0.0.1:3306". */
  readonly database: string;
  readonly host: string | undefined;
  readonly onStatement?: ((record: StatementRecord) => void) | undefined;
}

/** A connection with the session's settings made, whose statements can be ended. */
export class Session {
  readonly #connection: Connection;
  readonly #facts: SessionFacts;
  readonly #openAnother: (signal: AbortSignal) => Promise<Connection>;
  #server = '';
  #version = '';
  #usable = true;

  constructor(
    connection: Connection,
    facts: SessionFacts,
    openAnother: (signal: AbortSignal) => Promise<Connection>,
  ) {
    this.#connection = connection;
    this.#facts = facts;
    this.#openAnother = openAnother;
  }

  /** Makes the settings that everything else counts on: UTC, strict values, nothing written unless asked for. */
  async prepare(readOnly: boolean, limit: RunningLimit): Promise<void> {
    // oslo.db sets the same sql_mode; it also makes this side's reading of quotes and backslashes the server's.
    await this.command("SET SESSION time_zone = '+00:00', sql_mode = 'TRADITIONAL', autocommit = 1", limit);
    if (readOnly) await this.command('SET SESSION TRANSACTION READ ONLY', limit);
    [this.#server, this.#version] = identity(await this.command(WHICH_SERVER, limit));
  }

  get version(): string {
    return this.#version;
  }

  get isUsable(): boolean {
    return this.#usable && !this.#connection.isClosed;
  }

  command(text: string, limit: RunningLimit): Promise<StatementResult> {
    return this.#run(() => this.#connection.command(text), text.split(' ', 2).join(' '), limit);
  }

  async execute(
    text: string,
    parameters: readonly SqlParameter[],
    label: string,
    limit: RunningLimit,
  ): Promise<StatementResult> {
    const { database, onStatement } = this.#facts;
    const started = performance.now();
    let rows: number | undefined;
    try {
      const result = await this.#run(() => this.#connection.execute(text, parameters), label, limit);
      rows = Math.max(result.rows.length, result.affectedRows);
      return result;
    } finally {
      const milliseconds = performance.now() - started;
      onStatement?.({ database, text, values: parameters.map(harmless), rows, milliseconds });
    }
  }

  async #run(
    start: () => Promise<StatementResult>,
    label: string,
    limit: RunningLimit,
  ): Promise<StatementResult> {
    const facts = { action: `${label} in ${this.#facts.database}`, host: this.#facts.host };
    const { signal } = limit;
    if (isOver(signal)) throw gaveUp(limit, facts, 'unsent');
    const work = start();
    try {
      return await raceSignal(work, signal);
    } catch (error) {
      if (!isOver(signal)) throw databaseError(error, facts);
      throw gaveUp(limit, facts, (await this.#kill(work)) ? 'ended' : 'dropped');
    }
  }

  /**
   * Ends the statement on the server and waits until this connection has heard of it. The connection stays usable; where
   * that cannot be made sure of, it is given up.
   *
   * @returns whether the server has ended it
   */
  async #kill(work: Promise<StatementResult>): Promise<boolean> {
    const signal = AbortSignal.timeout(KILL_MS);
    const over = work.then(
      () => undefined,
      () => undefined,
    );
    let another: Connection | undefined;
    try {
      another = await this.#openAnother(signal);
      const [server] = identity(await raceSignal(another.command(WHICH_SERVER), signal));
      if (server !== this.#server) throw new Error('behind a proxy, on another server');
      await raceSignal(another.command(`KILL QUERY ${this.#connection.threadId}`), signal);
      await raceSignal(over, signal);
      // Had the statement just ended by itself, the kill waits for the next one: let it have that one.
      await raceSignal(
        this.#connection.command('DO 0').catch(() => this.#connection.command('DO 0')),
        signal,
      );
      return true;
    } catch {
      this.destroy();
      return false;
    } finally {
      another?.destroy();
    }
  }

  /** Whether the server still answers; gives the connection up where not. */
  async ping(signal: AbortSignal): Promise<boolean> {
    try {
      await raceSignal(this.#connection.command('DO 0'), signal);
    } catch {
      this.destroy();
    }
    return this.isUsable;
  }

  async end(): Promise<void> {
    this.#usable = false;
    try {
      await raceSignal(this.#connection.end(), AbortSignal.timeout(KILL_MS));
    } catch {
      this.#connection.destroy();
    }
  }

  destroy(): void {
    this.#usable = false;
    this.#connection.destroy();
  }
}

/** Asked anew each time: TypeScript believes that it does not change between two looks. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

function identity({ rows }: StatementResult): [server: string, version: string] {
  return [String(rows[0]?.[0]), String(rows[0]?.[1])];
}

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

function harmless(parameter: SqlParameter): string {
  if (parameter.type === 'null') return 'NULL';
  const { value } = parameter;
  return typeof value === 'string' && uuid.test(value) ? value : describeValue(value);
}
