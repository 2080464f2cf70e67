import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitUntil } from '@whitebox/core';

const run = promisify(execFile);

const programs = {
  server: ['/usr/sbin/mariadbd', '/usr/sbin/mysqld', '/usr/libexec/mariadbd'],
  install: ['/usr/bin/mariadb-install-db', '/usr/bin/mysql_install_db'],
  openssl: ['/usr/bin/openssl'],
};

async function firstThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    try {
      await access(path);
      return path;
    } catch {
      continue;
    }
  }
  return undefined;
}

/** Why no throw-away server can be started here; undefined where it can. */
export async function whyNoMariadb(): Promise<string | undefined> {
  for (const [what, paths] of Object.entries(programs)) {
    if ((await firstThere(paths)) === undefined)
      return `needs ${paths[0] ?? what} (apt-get install mariadb-server)`;
  }
  return undefined;
}

export const account = { user: 'whitebox', password: 'pass/word@:%' };
/** May only SELECT, and only over TLS. */
export const tlsAccount = { user: 'tls_only', password: 'tls-secret' };

/** A real server of our own in a temporary directory: on a unix socket and on a port of 127.0.0.1, with TLS. */
export class ThrowAwayMariadb implements AsyncDisposable {
  readonly socketPath: string;
  readonly port: number;
  /** PEM of the authority that signed the server's certificate, which is for 127.0.0.1 and db.example.org. */
  readonly ca: string;
  readonly #directory: string;
  readonly #process: ChildProcess;

  private constructor(directory: string, port: number, ca: string, process: ChildProcess) {
    this.#directory = directory;
    this.socketPath = join(directory, 's');
    this.port = port;
    this.ca = ca;
    this.#process = process;
  }

  static async start(): Promise<ThrowAwayMariadb> {
    const server = await firstThere(programs.server);
    const install = await firstThere(programs.install);
    if (server === undefined || install === undefined) throw new Error(await whyNoMariadb());
    // The path of a unix socket may have 108 bytes only.
    const directory = await mkdtemp(join(tmpdir(), 'wbdb-'));
    const data = join(directory, 'data');
    const { username } = userInfo();
    // A server that starts deletes the temporary tables that it finds in its tmpdir, those of a neighbour too.
    const own = ['--no-defaults', `--datadir=${data}`, `--tmpdir=${directory}`, `--user=${username}`];
    try {
      await run(install, [
        ...own,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
        '--innodb-log-file-size=4M',
      ]);
      await makeCertificates(directory);
      const port = await freePort();
      const initFile = join(directory, 'init.sql');
      await writeFile(
        initFile,
        [
          `CREATE USER '${account.user}'@'%' IDENTIFIED BY '${account.password}';`,
          `GRANT ALL ON *.* TO '${account.user}'@'%' WITH GRANT OPTION;`,
          `CREATE USER '${tlsAccount.user}'@'%' IDENTIFIED BY '${tlsAccount.password}' REQUIRE SSL;`,
          `GRANT SELECT ON *.* TO '${tlsAccount.user}'@'%';`,
          '',
        ].join('\n'),
      );
      const child = spawn(
        server,
        [
          ...own,
          `--socket=${join(directory, 's')}`,
          '--bind-address=127.0.0.1',
          `--port=${port}`,
          `--pid-file=${join(directory, 'pid')}`,
          `--init-file=${initFile}`,
          '--skip-name-resolve',
          '--innodb-buffer-pool-size=16M',
          '--innodb-flush-log-at-trx-commit=0',
          '--default-time-zone=+05:30',
          `--ssl-ca=${join(directory, 'ca.pem')}`,
          `--ssl-cert=${join(directory, 'server.pem')}`,
          `--ssl-key=${join(directory, 'server.key')}`,
        ],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      );
      // Whatever ends this process short of SIGKILL takes the server along.
      process.once('exit', () => child.kill('SIGKILL'));
      const ca = await readFile(join(directory, 'ca.pem'), 'utf8');
      const mariadb = new ThrowAwayMariadb(directory, port, ca, child);
      try {
        await ready(child);
      } catch (error) {
        await mariadb[Symbol.asyncDispose]();
        throw error;
      }
      return mariadb;
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exit = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await exit;
    }
    await rm(this.#directory, { recursive: true, force: true });
  }
}

async function ready(child: ChildProcess): Promise<void> {
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  await waitUntil(
    'MariaDB to be ready for connections',
    () => {
      if (child.exitCode !== null) throw new Error(`MariaDB ended:\n${log.slice(-2000)}`);
      return Promise.resolve(
        log.includes('ready for connections')
          ? { done: true, value: undefined }
          : { done: false, seen: log.slice(-500) },
      );
    },
    { timeoutMs: 60_000 },
  );
}

async function makeCertificates(directory: string): Promise<void> {
  const openssl = (await firstThere(programs.openssl)) ?? 'openssl';
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const at = (name: string): string => join(directory, name);
  await run(openssl, [
    ...['req', '-x509', ...key, '-keyout', at('ca.key'), '-out', at('ca.pem'), '-subj', '/CN=throw-away CA'],
    ...['-addext', 'keyUsage=critical,keyCertSign'],
  ]);
  await run(openssl, [
    ...[
      'req',
      '-x509',
      ...key,
      '-keyout',
      at('server.key'),
      '-out',
      at('server.pem'),
      '-subj',
      '/CN=db.example.org',
    ],
    ...['-CA', at('ca.pem'), '-CAkey', at('ca.key')],
    ...['-addext', 'subjectAltName=DNS:db.example.org,IP:127.0.0.1', '-addext', 'basicConstraints=CA:FALSE'],
  ]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
