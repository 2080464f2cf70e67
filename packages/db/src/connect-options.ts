import type { Endpoint } from '@whitebox/host';
import type { Dialer } from './direct.js';

export interface DatabaseOptions {
  /** Where the server listens, as seen from `through`, or from here. */
  readonly endpoint: Endpoint;
  /** Dials from that machine, over the connection that is already there: no port is opened on this one. */
  readonly through?: Dialer | undefined;
  readonly user: string;
  readonly password?: string | undefined;
  /** The database that unqualified names of tables belong to. */
  readonly database?: string | undefined;
  /** Encrypts and verifies, also within a tunnel. `{}` trusts the authorities that Node.js knows. Default: no TLS. */
  readonly tls?: TlsOptions | undefined;
  /**
   * Default true: writes are refused here and by the session. Use an account that may only SELECT where it matters: a
   * session can be talked round by its own user, an account cannot.
   */
  readonly readOnly?: boolean | undefined;
  /** Milliseconds for a statement that has no limit of its own; default 30 000. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds for connecting; default 15 000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Statements and transactions that run at the same time, each on a connection of its own; default 2. */
  readonly maxConnections?: number | undefined;
  /** Gives up connecting. */
  readonly signal?: AbortSignal | undefined;
  /** Told of every statement once it is over; must not throw. */
  readonly onStatement?: ((record: StatementRecord) => void) | undefined;
}

/** A statement as it was carried out, for timelines and logs. Has no values but numbers and uuids: others may be secrets. */
export interface StatementRecord {
  /** "nova_api at 127.0.0.1:3306" */
  readonly database: string;
  /** With a `?` for each value. */
  readonly text: string;
  /** Numbers and uuids as they are, of other values what they are: "a text of 12 characters". */
  readonly values: readonly string[];
  /** Rows that were read or matched; undefined when it failed. */
  readonly rows: number | undefined;
  readonly milliseconds: number;
}

export interface TlsOptions {
  /** The authorities to trust, in PEM. */
  readonly ca?: string | undefined;
  /** A certificate of ours and its key, in PEM. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** The name or address in the server's certificate; default: the address of the endpoint. */
  readonly serverName?: string | undefined;
  /**
   * What is verified: `identity` (default) the authority and the name, `ca` only the authority, `none` nothing, which
   * anybody on the way can pretend to be.
   */
  readonly verify?: 'identity' | 'ca' | 'none' | undefined;
}
