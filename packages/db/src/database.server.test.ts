import { once } from 'node:events';
import { connect as connectSocket, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { LocalHost } from '@whitebox/host';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Database } from './database.js';
import { sql } from './sql.js';
import { databaseConformance } from './testing/database-conformance.suite.js';
import { account, ThrowAwayMariadb, tlsAccount, whyNoMariadb } from './testing/throw-away-mariadb.js';

const missing = await whyNoMariadb();
const code = (value: string): unknown => expect.objectContaining({ code: value });

/** A server that does what `serve` says with each connection. */
async function listen(
  serve: (socket: Socket) => void,
): Promise<{ server: Server; port: number } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('where nothing answers as it should', () => {
  const options = { user: 'nova', password: 'secret-word', connectTimeoutMs: 400 };

  test('a name that does not resolve', async () => {
    const endpoint = { address: 'no-such-host.invalid', port: 3306 };
    await expect(Database.connect({ ...options, connectTimeoutMs: 15_000, endpoint })).rejects.toThrow(
      code('WB_DB_UNKNOWN_HOST'),
    );
  });

  test('a port on which nobody listens', async () => {
    const { port, ...closed } = await listen(() => undefined);
    await closed[Symbol.asyncDispose]();
    const endpoint = { address: '127.0.0.1', port };
    await expect(Database.connect({ ...options, endpoint })).rejects.toThrow(code('WB_DB_UNREACHABLE'));
    await expect(
      Database.connect({ ...options, endpoint, through: new LocalHost('db-host') }),
    ).rejects.toThrow(expect.objectContaining({ code: 'WB_DB_UNREACHABLE', host: 'db-host' }));
  });

  test('a unix socket that is not there', async () => {
    const endpoint = { socketPath: '/nonexistent/mysqld.sock' };
    await expect(Database.connect({ ...options, endpoint })).rejects.toThrow(code('WB_DB_UNREACHABLE'));
  });

  test('a server that accepts and says nothing', async () => {
    await using silent = await listen(() => undefined);
    const endpoint = { address: '127.0.0.1', port: silent.port };
    await expect(Database.connect({ ...options, endpoint })).rejects.toThrow(
      expect.objectContaining({
        code: 'WB_DB_UNREACHABLE',
        observed: expect.stringMatching(/within 400 ms/) as string,
      }),
    );
  });

  test('a server that hangs up', async () => {
    await using rude = await listen((socket) => socket.end());
    const endpoint = { address: '127.0.0.1', port: rude.port };
    await expect(Database.connect({ ...options, endpoint })).rejects.toThrow(code('WB_DB_CONNECTION_LOST'));
  });

  test('a server that is no database', async () => {
    await using ssh = await listen((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
    const endpoint = { address: '127.0.0.1', port: ssh.port };
    await expect(Database.connect({ ...options, endpoint })).rejects.toThrow(code('WB_DB_UNREACHABLE'));
  });

  test('a Host whose dial never ends', async () => {
    const through = { name: 'stuck', dial: () => new Promise<never>(() => undefined) };
    const endpoint = { address: '127.0.0.1', port: 3306 };
    await expect(Database.connect({ ...options, endpoint, through })).rejects.toThrow(
      expect.objectContaining({ code: 'WB_DB_UNREACHABLE', host: 'stuck' }),
    );
  });
});

describe.skipIf(missing !== undefined)(`a real MariaDB (${missing ?? 'throw-away'})`, () => {
  let mariadb: ThrowAwayMariadb;
  beforeAll(async () => {
    mariadb = await ThrowAwayMariadb.start();
  }, 90_000);
  afterAll(async () => {
    await mariadb[Symbol.asyncDispose]();
  });
  const tcp = () => ({ address: '127.0.0.1', port: mariadb.port });

  describe('over TCP', () => {
    databaseConformance(() => ({ endpoint: tcp(), ...account }));
  });

  describe('over a unix socket, dialled by a Host', () => {
    databaseConformance(() => ({
      endpoint: { socketPath: mariadb.socketPath },
      through: new LocalHost('db-host'),
      ...account,
    }));
  });

  describe('over TLS, dialled by a Host', () => {
    databaseConformance(() => ({
      endpoint: tcp(),
      through: new LocalHost('db-host'),
      tls: { ca: mariadb.ca, serverName: 'db.example.org' },
      ...account,
    }));
  });

  describe('TLS', () => {
    async function cipher(tls: Parameters<typeof Database.connect>[0]['tls']): Promise<unknown> {
      await using database = await Database.connect({ endpoint: tcp(), ...account, tls });
      const [row] = await database.query(sql`SHOW SESSION STATUS LIKE 'Ssl_cipher'`);
      return row!['Value'];
    }

    test('is used when asked for, and only then', async () => {
      expect(await cipher(undefined)).toBe('');
      expect(await cipher({ ca: mariadb.ca })).toMatch(/^TLS_/);
    });

    test('verifies the address of the endpoint, or the name that is given', async () => {
      expect(await cipher({ ca: mariadb.ca, serverName: '127.0.0.1' })).toMatch(/^TLS_/);
      expect(await cipher({ ca: mariadb.ca, serverName: 'db.example.org' })).toMatch(/^TLS_/);
    });

    test.each(['other.example.org', '127.0.0.2', 'localhost'])(
      'refuses a certificate that is not for %s',
      async (serverName) => {
        await expect(cipher({ ca: mariadb.ca, serverName })).rejects.toThrow(code('WB_DB_TLS'));
        expect(await cipher({ ca: mariadb.ca, serverName, verify: 'ca' })).toMatch(/^TLS_/);
      },
    );

    test('refuses an authority that is not trusted, unless told to trust anybody', async () => {
      for (const verify of ['identity', 'ca'] as const) {
        await expect(cipher({ verify })).rejects.toThrow(code('WB_DB_TLS'));
      }
      expect(await cipher({ verify: 'none' })).toMatch(/^TLS_/);
    });

    test('is needed by an account that requires it', async () => {
      await expect(Database.connect({ endpoint: tcp(), ...tlsAccount })).rejects.toThrow(
        code('WB_DB_ACCESS_DENIED'),
      );
      await using database = await Database.connect({
        endpoint: tcp(),
        ...tlsAccount,
        tls: { ca: mariadb.ca },
      });
      expect(await database.query(sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
    });
  });

  test('an account that may only SELECT is told so', async () => {
    await using database = await Database.connect({
      endpoint: tcp(),
      ...tlsAccount,
      tls: { ca: mariadb.ca },
      readOnly: false,
    });
    await expect(database.execute(sql`DELETE FROM mysql.help_topic`)).rejects.toThrow(
      code('WB_DB_NOT_PERMITTED'),
    );
  });

  test('too many connections', async () => {
    await using admin = await Database.connect({ endpoint: tcp(), ...account, readOnly: false });
    await admin.execute(sql`CREATE USER 'few'@'%' IDENTIFIED BY 'few-secret' WITH MAX_USER_CONNECTIONS 1`);
    const few = { endpoint: tcp(), user: 'few', password: 'few-secret' };
    await using first = await Database.connect(few);
    await expect(Database.connect(few)).rejects.toThrow(code('WB_DB_TOO_MANY_CONNECTIONS'));
    expect(await first.query(sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
    // Nor is there one for KILL QUERY, and the error does not promise that it was done.
    await expect(first.query(sql`SELECT SLEEP(${5}) AS slept`, { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'WB_DB_TIMEOUT',
      observed: expect.stringMatching(/could not be ended on the server, which may go on with it/) as string,
    });
  });

  test('a path that freezes: the deadline holds, and a new connection is made when it thaws', async () => {
    let frozen = false;
    await using proxy = await listen((client) => {
      const upstream = connectSocket({ host: '127.0.0.1', port: mariadb.port });
      upstream.on('error', () => undefined);
      client.on('data', (chunk) => frozen || upstream.write(chunk));
      upstream.on('data', (chunk) => frozen || client.write(chunk));
      client.on('close', () => upstream.destroy());
    });
    await using database = await Database.connect({
      endpoint: { address: '127.0.0.1', port: proxy.port },
      ...account,
      maxConnections: 1,
    });
    frozen = true;
    await expect(database.query(sql`SELECT 1 AS one`, { timeoutMs: 200 })).rejects.toThrow(
      code('WB_DB_TIMEOUT'),
    );
    frozen = false;
    expect(await database.query(sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
  });
});
