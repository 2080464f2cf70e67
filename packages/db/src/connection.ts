import type { Duplex } from 'node:stream';
import type { SqlParameter, SqlResultValue } from './sql-value.js';

/** What a {@link Connection} needs to greet a server over a stream that is already there. */
export interface ConnectionSettings {
  readonly stream: Duplex;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly tls: TlsSettings | undefined;
}

export interface TlsSettings {
  /** Certificates of the authorities that are trusted, in PEM; the ones that Node.js knows when undefined. */
  readonly ca: string | undefined;
  /** Our own certificate and its key, in PEM, where the server asks for one. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** The name or address that has to be in the server's certificate; undefined where any certificate of the CA will do. */
  readonly serverName: string | undefined;
  /** False takes any certificate. */
  readonly verify: boolean;
}

export interface StatementResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlResultValue[])[];
  readonly affectedRows: number;
  readonly insertId: bigint;
}

/** One session of a server: one statement at a time. */
export interface Connection {
  /** The server's number of this session. */
  readonly threadId: number;
  /** True once it cannot be used any more. */
  readonly isClosed: boolean;
  /** @throws the library's own error; `serverError` and `databaseError` of server-errors.ts make ours of it */
  execute(text: string, parameters: readonly SqlParameter[]): Promise<StatementResult>;
  /** A statement of our own, without values, over the text protocol: the session's settings, BEGIN, KILL. */
  command(text: string): Promise<StatementResult>;
  /** Says goodbye; resolves when the stream is closed. */
  end(): Promise<void>;
  destroy(): void;
}
