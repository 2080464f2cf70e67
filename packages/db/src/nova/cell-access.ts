import type { DatabaseOptions } from '../connect-options.js';
import { Database } from '../database.js';
import { sql } from '../sql.js';
import type { Cell, CellMapping } from './cell.js';
import { fillTemplate, parseConnectionUrl } from './connection-url.js';
import { NovaDataError } from './errors.js';

/** How the databases of the cells are reached. */
export interface CellAccess {
  /**
   * `[database]connection` of nova.conf on the API's host, which fills in URLs of `cell_mappings` that are templates.
   */
  readonly connection?: string | undefined;
  /**
   * Which server: the one `given` for the API database, or that of the URL in `cell_mappings` (`mapped`), dialled as
   * everything else. Default: the given one where it has a database of that name, and no cell of another server has one
   * of the same name; else the mapped one.
   */
  readonly cellServer?: 'given' | 'mapped' | undefined;
  /** Whose account. Default: the given one on the given server, that of the URL on another one. */
  readonly cellAccount?: 'given' | 'mapped' | undefined;
}

export type NovaDatabaseOptions = DatabaseOptions & CellAccess;

/** @throws NovaDataError `WB_NOVA_DB_URL`; DatabaseError as {@link Database.connect} */
export async function connectCell(
  api: Database,
  options: NovaDatabaseOptions,
  { cell, databaseUrl }: CellMapping,
  all: readonly CellMapping[],
): Promise<Database> {
  const { cellServer, cellAccount, connection, ...given } = options;
  const name = databaseName(databaseUrl, connection, cell);
  const server =
    cellServer ??
    (!isNameOfSeveral(databaseUrl, all, connection) && (await has(api, name)) ? 'given' : 'mapped');
  const account = cellAccount ?? server;
  const mapped =
    server === 'mapped' || account === 'mapped'
      ? parseConnectionUrl(fillTemplate(databaseUrl, connection))
      : undefined;
  if (server === 'mapped' && mapped?.tlsCaFile !== undefined && given.tls === undefined) {
    throw cellError(
      cell,
      `the URL of its database asks for TLS with the authorities in ${mapped.tlsCaFile}`,
      'Give the `tls` option, with the content of that file as `ca`.',
    );
  }
  return Database.connect({
    ...given,
    ...(server === 'mapped' && mapped !== undefined ? { endpoint: mapped.endpoint } : {}),
    ...(account === 'mapped' && mapped !== undefined ? { user: mapped.user, password: mapped.password } : {}),
    database: name,
    signal: undefined,
  });
}

/**
 * Whether cells have databases of this name on different servers, as deployments with several cells often do ("nova" on each
 * cell's controller). The given server may then have another cell's.
 */
function isNameOfSeveral(url: string, all: readonly CellMapping[], connection: string | undefined): boolean {
  const mine = placeOf(url, connection);
  return all.some((other) => {
    const { server, name } = placeOf(other.databaseUrl, connection);
    return name === mine.name && server !== mine.server;
  });
}

/** Server and name of a database in a URL; of a template, which cannot be filled in, as they are written. */
function placeOf(
  url: string,
  connection: string | undefined,
): { readonly server: string | undefined; readonly name: string | undefined } {
  const filled = connection === undefined ? url : fillTemplate(url, connection);
  const [, server, name] = /^[^?]*?:\/\/(?:[^?]*@)?([^/?]*)(?:\/([^?]*))?/.exec(filled) ?? [];
  return { server, name };
}

/** Of a template the name alone may be known, which is enough for the given server and account. */
function databaseName(url: string, connection: string | undefined, cell: Cell): string {
  const plain = connection === undefined ? /^[^?]*\/([^/?{}@]+)(?:\?|$)/.exec(url)?.[1] : undefined;
  const name = plain ?? parseConnectionUrl(fillTemplate(url, connection)).database;
  if (name === undefined) {
    throw cellError(cell, 'its URL names no database', 'Correct it with `nova-manage cell_v2 update_cell`.');
  }
  return name;
}

function cellError(cell: Cell, observed: string, advice: string): NovaDataError {
  return new NovaDataError({
    code: 'WB_NOVA_DB_URL',
    action: `reach the database of cell ${cell.name ?? cell.uuid}`,
    observed,
    advice,
  });
}

async function has(api: Database, name: string): Promise<boolean> {
  const rows = await api.query(
    sql`SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name = ${name}`,
  );
  return rows.length > 0;
}
