import { raceSignal, WhiteboxError } from '@whitebox/core';
import type { Endpoint } from '@whitebox/host';
import type { DatabaseOptions, TlsOptions } from './connect-options.js';
import type { Connection, TlsSettings } from './connection.js';
import { dialDirectly } from './direct.js';
import { DatabaseError } from './errors.js';
import { openConnection } from './mysql2-connection.js';
import { databaseError, notConnected } from './server-errors.js';
import { gaveUp, type RunningLimit } from './running-limit.js';

/** Dials and greets. @throws DatabaseError */
export async function openTo(
  options: DatabaseOptions,
  name: string,
  limit: RunningLimit,
): Promise<Connection> {
  const { endpoint, through, user, password, database, tls } = options;
  const facts = { action: `connect to ${name} as ${user}`, host: through?.name };
  const { signal, timeoutMs } = limit;
  const dialling =
    through === undefined
      ? dialDirectly(endpoint, { signal })
      : through.dial(endpoint, { signal, timeoutMs });
  let greeting: Promise<Connection> | undefined;
  try {
    const stream = await raceSignal(dialling, signal);
    greeting = openConnection({ stream, user, password, database, tls: tlsSettings(tls, endpoint) });
    return await raceSignal(greeting, signal);
  } catch (error) {
    discard(dialling, greeting);
    if (limit.caller?.aborted === true) throw gaveUp(limit, facts, 'unsent');
    if (signal.aborted) {
      throw new DatabaseError({
        ...notConnected,
        ...facts,
        observed:
          greeting === undefined
            ? `no connection within ${timeoutMs} ms`
            : `something answers there, and does not say what a database server says within ${timeoutMs} ms`,
        cause: error,
      });
    }
    throw connectError(error, facts);
  }
}

/** What a Host threw says already what was wrong; the rest comes from the library or the system. */
function connectError(
  error: unknown,
  facts: { readonly action: string; readonly host: string | undefined },
): DatabaseError {
  if (error instanceof WhiteboxError && !(error instanceof DatabaseError)) {
    const { observed, advice } = error;
    return new DatabaseError({ ...facts, code: 'WB_DB_UNREACHABLE', observed, advice, cause: error });
  }
  return databaseError(error, facts, notConnected);
}

/** Leaves nothing open of a connection that was given up half-way. */
function discard(dialling: Promise<{ destroy(): unknown }>, greeting: Promise<Connection> | undefined): void {
  dialling.then(
    (stream) => stream.destroy(),
    () => undefined,
  );
  greeting?.then(
    (connection) => {
      connection.destroy();
    },
    () => undefined,
  );
}

function tlsSettings(tls: TlsOptions | undefined, endpoint: Endpoint): TlsSettings | undefined {
  if (tls === undefined) return undefined;
  const { ca, cert, key, serverName, verify = 'identity' } = tls;
  const name = serverName ?? ('address' in endpoint ? endpoint.address : 'localhost');
  return { ca, cert, key, serverName: verify === 'identity' ? name : undefined, verify: verify !== 'none' };
}
