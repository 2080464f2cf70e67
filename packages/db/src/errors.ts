import { WhiteboxError, type ErrorFacts } from '@whitebox/core';

/** What can go wrong between us and a database. */
export type DatabaseErrorCode =
  /** Wrong user, password or client address, or no right to this database. */
  | 'WB_DB_ACCESS_DENIED'
  /** The server has no database of that name. */
  | 'WB_DB_NO_DATABASE'
  /** The name of the server does not resolve. */
  | 'WB_DB_UNKNOWN_HOST'
  /** Nothing that speaks the protocol answers at that address. */
  | 'WB_DB_UNREACHABLE'
  | 'WB_DB_TOO_MANY_CONNECTIONS'
  /** TLS was asked for and cannot be had, or the certificate does not convince. */
  | 'WB_DB_TLS'
  /** The connection ended while a statement ran; whether a write was done is unknown. */
  | 'WB_DB_CONNECTION_LOST'
  /** The deadline passed; `observed` tells whether the statement was ended on the server. */
  | 'WB_DB_TIMEOUT'
  /** The caller's signal was aborted; `observed` tells whether the statement was ended on the server. */
  | 'WB_DB_ABORTED'
  /** Somebody else ended the statement, or a limit of the server did. */
  | 'WB_DB_KILLED'
  /** A write where only reading is allowed. */
  | 'WB_DB_READ_ONLY'
  /** A statement that was not made by the `sql` tag, or has a value inside of quotes. */
  | 'WB_DB_NOT_PARAMETERISED'
  /** A value that no column can hold exactly. */
  | 'WB_DB_PARAMETER'
  | 'WB_DB_SEVERAL_STATEMENTS'
  /** A statement that changes the session for those who come next: BEGIN, COMMIT, USE, SET. */
  | 'WB_DB_SESSION'
  | 'WB_DB_SYNTAX'
  | 'WB_DB_NO_TABLE'
  | 'WB_DB_NO_COLUMN'
  /** The account may connect and may not do this. */
  | 'WB_DB_NOT_PERMITTED'
  /** Two columns of the result have the same name. */
  | 'WB_DB_DUPLICATE_COLUMN'
  | 'WB_DB_UNSUPPORTED_TYPE'
  /** A lock was not given in time, or a deadlock was broken. */
  | 'WB_DB_LOCKED'
  /** Used after it was closed, or a transaction after its end. */
  | 'WB_DB_CLOSED'
  /** Any other answer of the server to a statement. */
  | 'WB_DB_QUERY';

export interface DatabaseErrorFacts extends ErrorFacts {
  readonly code: DatabaseErrorCode;
  /** The server's number for the error, 1045 for example. */
  readonly errno?: number | undefined;
}

/** Thrown for everything that goes wrong with a database; never holds a password. */
export class DatabaseError extends WhiteboxError {
  declare readonly code: DatabaseErrorCode;
  /** The server's number for the error, 1045 for example; undefined when the server did not answer with one. */
  readonly errno: number | undefined;

  constructor(facts: DatabaseErrorFacts) {
    super(facts);
    this.errno = facts.errno;
  }
}
