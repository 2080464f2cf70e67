import type { Endpoint } from '@whitebox/host';
import { NovaDataError } from './errors.js';

/** What a connection URL of OpenStack says. */
export interface ConnectionUrl {
  readonly endpoint: Endpoint;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string | undefined;
  /** File with the authorities to trust, as a path on the machine that has the configuration; undefined: no TLS asked for. */
  readonly tlsCaFile: string | undefined;
}

// The grammar of SQLAlchemy (make_url of sqlalchemy/engine/url.py), which differs from that of web addresses: a
// password may hold a slash, and only what it writes as %xx is decoded.
const URL_GRAMMAR =
  /^(?<dialect>\w+)(?:\+\w+)?:\/\/(?:(?<user>[^:/]*)(?::(?<password>[^@]*))?@)?(?:\[(?<v6>[^/?\]]+)\]|(?<name>[^/:?]+))?(?::(?<port>\d*))?(?:\/(?<database>[^?]*))?(?:\?(?<query>.*))?$/s;

/**
 * Reads `mysql+pymysql://nova:secret@controller:3306/nova_api?charset=utf8` as nova.conf and `cell_mappings` have it.
 *
 * @throws NovaDataError `WB_NOVA_DB_URL`; never with the URL in it, which has a password
 */
export function parseConnectionUrl(url: string): ConnectionUrl {
  const { dialect, user, password, v6, name, port, database, query } = URL_GRAMMAR.exec(url)?.groups ?? {};
  if (dialect === undefined)
    throw urlError('it is no URL of the form mysql+pymysql://user:password@host/database');
  if (dialect !== 'mysql' && dialect !== 'mariadb') {
    throw urlError(`it is for ${dialect}; only MySQL and MariaDB are supported`);
  }
  const parameters = new URLSearchParams(query ?? '');
  const socketPath = parameters.get('unix_socket');
  return {
    endpoint:
      socketPath === null ? { address: v6 ?? name ?? 'localhost', port: portNumber(port) } : { socketPath },
    user: decode(user ?? ''),
    password: password === undefined ? undefined : decode(password),
    database: database === undefined || database === '' ? undefined : database,
    tlsCaFile: parameters.get('ssl_ca') ?? undefined,
  };
}

/**
 * Fills in `{username}`, `{password}`, `{hostname}`, `{port}`, `{scheme}`, `{path}`, `{query}`, `{fragment}` and the
 * numbered ones (`{hostname1}`) from `[database]connection` of nova.conf. Source: _format_url of
 * nova/objects/cell_mapping.py, which takes the parts as they are written, without decoding them.
 *
 * @throws NovaDataError `WB_NOVA_DB_URL` for a template without a connection, or with a field that it does not have
 */
export function fillTemplate(template: string, connection: string | undefined): string {
  if (!/[{}]/.test(template)) return template;
  const parts = connection === undefined ? undefined : templateParts(connection);
  return template.replace(/\{\{|\}\}|\{(?<field>[^{}]*)\}|[{}]/g, (text, ...rest) => {
    if (text === '{{') return '{';
    if (text === '}}') return '}';
    const { field } = rest.at(-1) as { field?: string };
    if (field === undefined) throw urlError('it is a template with an unpaired brace');
    if (parts === undefined) {
      throw urlError(
        `it is a template with {${field}}`,
        "Give `connection`, the value of [database]connection in the nova.conf of the API's host.",
      );
    }
    const value = parts.get(field);
    if (value === undefined)
      throw urlError(`it is a template with {${field}}, which [database]connection does not have`);
    return value;
  });
}

// As Python's urlparse splits it.
const GENERIC_URL =
  /^(?<scheme>[^:]+):\/\/(?<authority>[^/?#]*)(?<path>[^?#]*)(?:\?(?<query>[^#]*))?(?:#(?<fragment>.*))?$/s;

function templateParts(connection: string): ReadonlyMap<string, string> {
  const groups = GENERIC_URL.exec(connection)?.groups;
  if (groups === undefined) throw urlError('[database]connection, which has to fill it in, is no URL');
  const { scheme = '', authority = '', path = '', query = '', fragment = '' } = groups;
  const parts = new Map([
    ['scheme', scheme],
    ['path', path.replace(/^\/+/, '')],
    ['query', query],
    ['fragment', fragment],
  ]);
  const hosts = authority.split(',');
  addHost(parts, authority, '');
  if (hosts.length > 1) {
    hosts.forEach((host, index) => {
      addHost(parts, host, String(index + 1));
    });
  }
  return parts;
}

function addHost(parts: Map<string, string>, authority: string, suffix: string): void {
  const at = authority.lastIndexOf('@');
  const account = at === -1 ? '' : authority.slice(0, at);
  const colon = account.indexOf(':');
  const { v6, name, port } =
    /^(?:\[(?<v6>[^\]]*)\]|(?<name>[^:]*))(?::(?<port>.*))?$/.exec(authority.slice(at + 1))?.groups ?? {};
  parts.set(`username${suffix}`, colon === -1 ? account : account.slice(0, colon));
  parts.set(`password${suffix}`, colon === -1 ? '' : account.slice(colon + 1));
  parts.set(`hostname${suffix}`, v6 ?? name ?? '');
  parts.set(`port${suffix}`, port ?? '3306');
}

function portNumber(port: string | undefined): number {
  if (port === undefined || port === '') return 3306;
  const number = Number(port);
  if (number < 1 || number > 65_535) throw urlError(`its port is ${port}`);
  return number;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw urlError('its user or password has a % that is not followed by two hexadecimal digits of UTF-8');
  }
}

function urlError(
  observed: string,
  advice = 'Compare with `nova-manage cell_v2 list_cells --verbose` and [database]connection in nova.conf.',
): NovaDataError {
  return new NovaDataError({
    code: 'WB_NOVA_DB_URL',
    action: 'read a database connection URL',
    observed,
    advice,
  });
}
