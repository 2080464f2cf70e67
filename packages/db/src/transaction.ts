import { raceSignal, type Limits } from '@whitebox/core';
import { closed, toChange, toRows, type Change } from './results.js';
import type { StatementResult } from './connection.js';
import { gaveUp, type RunningLimit } from './running-limit.js';
import type { Session } from './session.js';
import type { Row } from './sql-value.js';
import type { Sql } from './sql.js';
import type { CheckedStatement } from './statement.js';

/** What reads rows: a {@link Database} or a {@link Transaction} on it. */
export interface Queryable {
  /**
   * Rows of a statement that only reads.
   *
   * @throws DatabaseError, for example `WB_DB_READ_ONLY` for a statement that does more than to read
   */
  query(statement: Sql, limits?: Limits): Promise<readonly Row[]>;
}

/** Within {@link Database.transaction}: its statements run one after the other on one connection. */
export interface Transaction extends Queryable {
  execute(statement: Sql, limits?: Limits): Promise<Change>;
}

/** @internal */
export class OpenTransaction implements Transaction {
  readonly #session: Session;
  readonly #check: (statement: Sql, use: 'query' | 'execute') => CheckedStatement;
  readonly #limit: (limits: Limits | undefined) => RunningLimit;
  /** Fulfilled when the statements before are over; one connection runs one at a time. */
  #last: Promise<unknown> = Promise.resolve();
  #over = false;

  constructor(
    session: Session,
    check: (statement: Sql, use: 'query' | 'execute') => CheckedStatement,
    limit: (limits: Limits | undefined) => RunningLimit,
  ) {
    this.#session = session;
    this.#check = check;
    this.#limit = limit;
  }

  async query(statement: Sql, limits?: Limits): Promise<readonly Row[]> {
    const checked = this.#check(statement, 'query');
    return toRows(await this.#run(checked, statement, limits), checked.label);
  }

  async execute(statement: Sql, limits?: Limits): Promise<Change> {
    return toChange(await this.#run(this.#check(statement, 'execute'), statement, limits));
  }

  async finish(how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    this.#over = true;
    await this.#last;
    await this.#session.command(how, this.#limit(undefined));
  }

  #run(checked: CheckedStatement, { parameters }: Sql, limits: Limits | undefined): Promise<StatementResult> {
    if (this.#over) throw closed('a transaction');
    const limit = this.#limit(limits);
    const result = this.#turn(checked.label, limit).then(() =>
      this.#session.execute(checked.text, parameters, checked.label, limit),
    );
    this.#last = Promise.allSettled([this.#last, result]);
    return result;
  }

  /** Who waits for the statement before gives up alone: to end it on the server would end that one. */
  async #turn(label: string, limit: RunningLimit): Promise<void> {
    try {
      await raceSignal(this.#last, limit.signal);
    } catch {
      throw gaveUp(limit, { action: `${label} in a transaction` }, 'behind');
    }
  }
}
