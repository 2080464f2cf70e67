import { isIP } from 'node:net';
import mysql, {
  type Connection as MysqlConnection,
  type ConnectionOptions,
  type ExecuteValues,
  type FieldPacket,
  type QueryError,
  type QueryResult,
  type SslOptions,
} from 'mysql2';
import type { Connection, ConnectionSettings, StatementResult, TlsSettings } from './connection.js';
import { DatabaseError } from './errors.js';
import type { SqlParameter, SqlResultValue } from './sql-value.js';

/** Greets the server over the stream. Rejects with the library's error; the stream is the connection's from now on. */
export function openConnection(settings: ConnectionSettings): Promise<Connection> {
  // The library learns of the server's goodbye when the stream closes, which one that is left half open never does.
  settings.stream.allowHalfOpen = false;
  return new Promise((resolve, reject) => {
    const connection = mysql.createConnection(options(settings));
    // Without a listener an error of an idle connection would end the process.
    const adapter = new Mysql2Connection(connection);
    connection.once('connect', () => {
      resolve(adapter);
    });
    connection.on('error', reject);
  });
}

function options({ stream, user, password, database, tls }: ConnectionSettings): ConnectionOptions {
  return {
    stream,
    user,
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    ...(tls === undefined ? {} : { ssl: sslOptions(tls), host: tlsHost(tls) }),
    // Deadlines are the caller's: the library's own leaves the connection unusable.
    connectTimeout: 0,
    multipleStatements: false,
    // A server must not be able to ask for files of this machine.
    flags: ['-LOCAL_FILES'],
    charset: 'UTF8MB4_UNICODE_CI',
    // Everything exact; values are converted below, by the type of their column.
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    timezone: 'Z',
    rowsAsArray: true,
    maxPreparedStatements: 200,
  };
}

function sslOptions({ ca, cert, key, serverName, verify }: TlsSettings): SslOptions {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: verify,
    verifyIdentity: verify && serverName !== undefined,
  };
}

/**
 * The name that the certificate is held against. Over a given stream the library checks an address against
 * "localhost"; with a dot at its end, which Node.js takes off again, it is checked as the address that it is.
 */
function tlsHost({ serverName = 'localhost' }: TlsSettings): string {
  return isIP(serverName) === 0 ? serverName : `${serverName}.`;
}

class Mysql2Connection implements Connection {
  readonly #connection: MysqlConnection;
  #closed = false;

  constructor(connection: MysqlConnection) {
    this.#connection = connection;
    connection.on('error', () => {
      this.#closed = true;
    });
    connection.on('end', () => {
      this.#closed = true;
    });
  }

  get threadId(): number {
    return this.#connection.threadId;
  }

  get isClosed(): boolean {
    return this.#closed || this.#connection.state !== 'authenticated';
  }

  execute(text: string, parameters: readonly SqlParameter[]): Promise<StatementResult> {
    return new Promise((resolve, reject) => {
      this.#connection.execute<QueryResult>(text, parameters.map(encode), settle(resolve, reject));
    });
  }

  command(text: string): Promise<StatementResult> {
    return new Promise((resolve, reject) => {
      this.#connection.query<QueryResult>(text, settle(resolve, reject));
    });
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      if (this.isClosed) {
        this.destroy();
        resolve();
        return;
      }
      this.#closed = true;
      this.#connection.end(() => {
        resolve();
      });
    });
  }

  destroy(): void {
    this.#closed = true;
    this.#connection.destroy();
  }
}

function settle(
  resolve: (result: StatementResult) => void,
  reject: (error: unknown) => void,
): (error: QueryError | null, result: QueryResult, fields: FieldPacket[] | undefined) => void {
  return (error, result, fields) => {
    if (error !== null) {
      reject(error);
      return;
    }
    try {
      resolve(convert(result, fields ?? []));
    } catch (reason) {
      reject(reason);
    }
  };
}

function convert(result: QueryResult, fields: readonly FieldPacket[]): StatementResult {
  if (!Array.isArray(result)) {
    const { affectedRows, insertId } = result;
    return { columns: [], rows: [], affectedRows, insertId: BigInt(insertId) };
  }
  const converters = fields.map(converter);
  const rows = (result as unknown[][]).map((row) =>
    converters.map((convertValue, index) => (row[index] === null ? null : convertValue(row[index]))),
  );
  return { columns: fields.map(({ name }) => name), rows, affectedRows: 0, insertId: 0n };
}

function encode(parameter: SqlParameter): ExecuteValues {
  switch (parameter.type) {
    case 'null':
      return null;
    case 'integer':
      // Left to itself the library sends numbers as DOUBLE and bigints as text.
      return parameter.value >= 2n ** 63n
        ? mysql.TypedParameter.LONGLONG.unsigned(parameter.value)
        : mysql.TypedParameter.LONGLONG(parameter.value);
    case 'double':
      return mysql.TypedParameter.DOUBLE(parameter.value);
    case 'bytes':
      return Buffer.from(parameter.value);
    case 'text':
      return parameter.value;
  }
}

/** Types of columns as the protocol numbers them. */
const columnTypes = { float: 4, timestamp: 7, longlong: 8, time: 11, datetime: 12 } as const;

type Converter = (value: unknown) => SqlResultValue;

function converter(field: FieldPacket): Converter {
  switch (field.columnType) {
    case columnTypes.longlong:
      return (value) => BigInt(value as string);
    case columnTypes.float:
      return (value) => shortestFloat(value as number);
    case columnTypes.datetime:
    case columnTypes.timestamp:
      return (value) => isoInstant(value as string, field.decimals);
    case columnTypes.time:
      return (value) => allDigits(value as string, field.decimals);
    default:
      return (value) => {
        if (value instanceof Uint8Array) return new Uint8Array(value);
        if (typeof value === 'string' || typeof value === 'number') return value;
        throw new DatabaseError({
          code: 'WB_DB_UNSUPPORTED_TYPE',
          action: `read column ${field.name}`,
          observed: 'a column of a type that has no exact form here (GEOMETRY, VECTOR)',
          advice: 'Convert it in the statement, with ST_AsText(...) or HEX(...).',
        });
      };
  }
}

/** The shortest decimal number that is this FLOAT: 1.1, where widening to a double gives 1.100000023841858. */
function shortestFloat(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === Math.fround(value)) return candidate;
  }
  return value;
}

/** The session's time zone is UTC. */
function isoInstant(text: string, decimals: number): string {
  return `${allDigits(text.replace(' ', 'T'), decimals)}Z`;
}

/** All digits that the column has, also those that the binary protocol leaves out. */
function allDigits(text: string, decimals: number): string {
  const [seconds = '', fraction = ''] = text.split('.');
  // The server says 31 where the number of digits is not fixed.
  const digits = decimals <= 6 ? fraction.padEnd(decimals, '0').slice(0, decimals) : fraction;
  return digits === '' ? seconds : `${seconds}.${digits}`;
}
