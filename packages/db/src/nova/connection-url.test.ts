import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillTemplate, parseConnectionUrl } from './connection-url.js';

interface Recorded {
  readonly urls: readonly {
    readonly url: string;
    readonly user: string;
    readonly password: string | null;
    readonly host: string | null;
    readonly port: number | null;
    readonly database: string | null;
    readonly query: Readonly<Record<string, string>>;
  }[];
  readonly templates: readonly {
    readonly connection: string;
    readonly template: string;
    readonly result: string | null;
  }[];
}
const recorded = JSON.parse(
  readFileSync(new URL('../../testdata/urls.json', import.meta.url), 'utf8'),
) as Recorded;

describe('URLs are read as SQLAlchemy reads them', () => {
  test.each(recorded.urls)('$url', ({ url, user, password, host, port, database, query }) => {
    const socketPath = query['unix_socket'];
    expect(parseConnectionUrl(url)).toEqual({
      endpoint:
        socketPath === undefined ? { address: host ?? 'localhost', port: port ?? 3306 } : { socketPath },
      user,
      password: password ?? undefined,
      database: database ?? undefined,
      tlsCaFile: query['ssl_ca'],
    });
  });

  test('any password that is written as %xx comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (password) => {
        const url = `mysql+pymysql://nova:${encodeURIComponent(password)}@controller/nova?charset=utf8`;
        expect(parseConnectionUrl(url)).toMatchObject({ password, database: 'nova' });
      }),
    );
  });

  test.each([
    'postgresql://nova:geheim@h/nova',
    'sqlite:////geheim.db',
    'nova:geheim@h/nova',
    'mysql+pymysql://nova:geheim@h:99999/nova',
    'mysql+pymysql://nova:geheim%zz@h/nova',
    '',
  ])('refuses %j without repeating the password', (url) => {
    const read = (): unknown => parseConnectionUrl(url);
    expect(read).toThrow(expect.objectContaining({ code: 'WB_NOVA_DB_URL' }));
    try {
      read();
    } catch (error) {
      expect(inspect(error, { depth: 10 })).not.toContain('geheim');
    }
  });
});

describe('templates are filled in as Nova does', () => {
  // Where the connection has no port Nova writes "None", which SQLAlchemy refuses; the default port works.
  const usable = recorded.templates.filter(({ result }) => result?.includes(':None') !== true);

  test.each(usable)('$template from $connection', ({ template, connection, result }) => {
    if (result === null) {
      expect(() => fillTemplate(template, connection)).toThrow(
        expect.objectContaining({ code: 'WB_NOVA_DB_URL' }),
      );
    } else {
      expect(fillTemplate(template, connection)).toBe(result);
    }
  });

  test('a port that the connection does not have is the default one', () => {
    expect(fillTemplate('mysql://u@{hostname}:{port}/x', 'mysql://u@h/x')).toBe('mysql://u@h:3306/x');
  });

  test('a template without a connection says what is needed', () => {
    expect(() => fillTemplate('mysql://{username}@h/x', undefined)).toThrow(/\[database\]connection/);
    expect(fillTemplate('mysql://u@h/x', undefined)).toBe('mysql://u@h/x');
  });
});
