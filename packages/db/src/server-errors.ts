import { errorCode } from '@whitebox/core';
import { DatabaseError, type DatabaseErrorCode } from './errors.js';

interface Meaning {
  readonly code: DatabaseErrorCode;
  readonly advice: string;
}

const accessDenied: Meaning = {
  code: 'WB_DB_ACCESS_DENIED',
  advice:
    'Check user and password, and from which addresses the account may connect (SELECT user, host FROM mysql.user).',
};
const lost: Meaning = {
  code: 'WB_DB_CONNECTION_LOST',
  advice:
    'Whether a write was done is unknown. Look whether the server was restarted; the next statement connects anew.',
};
const tls: Meaning = {
  code: 'WB_DB_TLS',
  advice:
    'Check the `tls` option: the CA, the server name, and whether the server has TLS (SHOW VARIABLES LIKE "have_ssl").',
};
const readOnly: Meaning = {
  code: 'WB_DB_READ_ONLY',
  advice: 'Connect with readOnly: false where the change is meant.',
};
const killed: Meaning = {
  code: 'WB_DB_KILLED',
  advice:
    'Somebody ended the statement, or a limit of the server did (max_statement_time, max_execution_time).',
};
const locked: Meaning = {
  code: 'WB_DB_LOCKED',
  advice: 'Another session holds the rows: look at SHOW ENGINE INNODB STATUS, then try again.',
};
const notPermitted: Meaning = {
  code: 'WB_DB_NOT_PERMITTED',
  advice: 'Grant the account what it needs, for reading: GRANT SELECT.',
};
const tooMany: Meaning = {
  code: 'WB_DB_TOO_MANY_CONNECTIONS',
  advice: 'Close connections, or raise max_connections of the server or the account.',
};
const unknownHost: Meaning = {
  code: 'WB_DB_UNKNOWN_HOST',
  advice: 'Check the spelling of the address; a name is resolved on the machine that dials.',
};
const unreachable: Meaning = {
  code: 'WB_DB_UNREACHABLE',
  advice: 'Check address, port and firewall, and that the server runs and listens there (bind-address).',
};

/** By the server's error number (MySQL and MariaDB error reference), as far as the number alone tells what to do. */
const byNumber: Readonly<Record<number, Meaning>> = {
  1040: tooMany,
  1203: tooMany,
  1226: tooMany,
  1044: accessDenied,
  1045: accessDenied,
  1130: accessDenied,
  1129: accessDenied,
  1251: accessDenied,
  1698: accessDenied,
  1049: { code: 'WB_DB_NO_DATABASE', advice: 'Check the name of the database with SHOW DATABASES.' },
  1142: notPermitted,
  1143: notPermitted,
  1227: notPermitted,
  1370: notPermitted,
  1146: {
    code: 'WB_DB_NO_TABLE',
    advice: 'Check the name of the table, and that this is the right database.',
  },
  1054: {
    code: 'WB_DB_NO_COLUMN',
    advice: 'Check the name of the column; another release may have another schema.',
  },
  1064: {
    code: 'WB_DB_SYNTAX',
    advice: 'Correct the statement; the server quotes it from where it stopped.',
  },
  1205: locked,
  1213: locked,
  1290: readOnly,
  1792: readOnly,
  1836: readOnly,
  1317: killed,
  1969: killed,
  3024: killed,
  1053: lost,
  1927: lost,
  4031: lost,
  3159: tls,
};

/** By the library's or the system's name for the error. */
const byName: Readonly<Record<string, Meaning>> = {
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  ECONNREFUSED: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ETIMEDOUT: unreachable,
  ENOENT: unreachable,
  EACCES: unreachable,
  HANDSHAKE_NO_SSL_SUPPORT: tls,
  HANDSHAKE_SSL_ERROR: tls,
  PROTOCOL_CONNECTION_LOST: lost,
  ECONNRESET: lost,
  EPIPE: lost,
};

interface ServerAnswer {
  readonly message: string;
  readonly code?: string;
  readonly errno?: number;
  readonly sqlMessage?: string;
  readonly fatal?: boolean;
}

/** What the library or the system threw, in our terms. */
export function databaseError(
  error: unknown,
  facts: { readonly action: string; readonly host?: string | undefined },
  fallback: Meaning = {
    code: 'WB_DB_QUERY',
    advice: 'Look up the number in the error reference of the server.',
  },
): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const answer = asAnswer(error);
  const name = errorCode(error);
  const meaning =
    (answer.errno === undefined ? undefined : byNumber[answer.errno]) ??
    (name === undefined ? undefined : byName[name]) ??
    (answer.fatal === true && fallback.code === 'WB_DB_QUERY' ? lost : fallback);
  const number =
    answer.sqlMessage === undefined || answer.errno === undefined ? '' : ` (error ${answer.errno})`;
  return new DatabaseError({
    ...meaning,
    ...facts,
    errno: answer.sqlMessage === undefined ? undefined : answer.errno,
    observed: `${answer.sqlMessage ?? answer.message}${number}`,
    cause: error,
  });
}

/** Where connecting itself went wrong and nothing says why. */
export const notConnected: Meaning = unreachable;

function asAnswer(error: unknown): ServerAnswer {
  if (error instanceof AggregateError && error.errors.length > 0) {
    // Node.js tried several addresses of a name; the message of the whole is empty.
    const messages = error.errors.map((each) => (each instanceof Error ? each.message : String(each)));
    return { message: messages.join('; ') };
  }
  if (error instanceof Error) return error;
  return { message: String(error) };
}
