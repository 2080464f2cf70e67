import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { usageOf } from './audited-process.js';

const run = promisify(execFile);

const server = '/usr/sbin/mariadbd';
const install = '/usr/bin/mariadb-install-db';
const client = '/usr/bin/mariadb';

/** Why no database server can be started here; undefined where it can. */
export function whyNoMariadb() {
  const missing = [server, install, client].find((program) => !existsSync(program));
  return missing === undefined ? undefined : `needs ${missing} (apt-get install mariadb-server)`;
}

/** May only SELECT. */
export const reader = { user: 'whitebox', password: 'simulated' };

/** A database server of our own in a temporary folder, at the port that MySQL has, on a loopback address that is nobody's. */
export class Mariadb {
  #folder;
  #process;
  address;

  /** @param {string} folder @param {import('node:child_process').ChildProcess} process @param {string} address */
  constructor(folder, process, address) {
    this.#folder = folder;
    this.#process = process;
    this.address = address;
  }

  static async start(address = '127.78.0.1') {
    // The path of a unix socket may have 108 bytes only.
    const folder = mkdtempSync(join(tmpdir(), 'wbba-'));
    const own = [
      '--no-defaults',
      `--datadir=${join(folder, 'data')}`,
      `--tmpdir=${folder}`,
      `--user=${userInfo().username}`,
    ];
    await run(install, [...own, '--auth-root-authentication-method=normal', '--skip-test-db']);
    const init = join(folder, 'init.sql');
    writeFileSync(
      init,
      `CREATE USER '${reader.user}'@'%' IDENTIFIED BY '${reader.password}';\nGRANT SELECT ON *.* TO '${reader.user}'@'%';\n`,
    );
    const child = spawn(
      server,
      [
        ...own,
        `--socket=${join(folder, 's')}`,
        `--bind-address=${address}`,
        '--port=3306',
        `--pid-file=${join(folder, 'pid')}`,
        `--init-file=${init}`,
        '--skip-name-resolve',
        '--innodb-buffer-pool-size=1G',
        '--innodb-flush-log-at-trx-commit=0',
        '--max-allowed-packet=64M',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    process.once('exit', () => child.kill('SIGKILL'));
    const mariadb = new Mariadb(folder, child, address);
    let log = '';
    await new Promise((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (chunk) => {
        log = (log + chunk).slice(-4000);
        if (log.includes('ready for connections')) resolve(undefined);
      });
      child.once('exit', () => {
        reject(new Error(`MariaDB ended:\n${log}`));
      });
    }).catch(async (error) => {
      await mariadb.stop();
      throw error;
    });
    return mariadb;
  }

  /**
   * Has statements done by the administrator.
   * @param {(write: (text: string) => Promise<void>) => Promise<void>} tell
   * @returns {Promise<string>} what came back
   */
  async execute(tell) {
    const child = spawn(
      client,
      [
        '--no-defaults',
        `--socket=${join(this.#folder, 's')}`,
        '--user=root',
        '--batch',
        '--skip-column-names',
      ],
      { stdio: ['pipe', 'pipe', 'pipe'] },
    );
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
    child.stdin.on('error', () => undefined);
    const closed = once(child, 'close');
    await tell(async (text) => {
      if (!child.stdin.write(text) && child.exitCode === null)
        await Promise.race([once(child.stdin, 'drain'), closed]);
    });
    child.stdin.end();
    const [code] = await closed;
    if (code !== 0) throw new Error(`MariaDB refuses: ${stderr.slice(0, 2000)}`);
    return stdout;
  }

  /** @param {string} statements */
  sql(statements) {
    return this.execute((write) => write(statements));
  }

  /** What it has done so far, and the CPU seconds that it took. */
  async counts() {
    const { cpuSeconds = 0 } = usageOf(this.#process.pid ?? 0) ?? {};
    const text = await this.sql('SHOW GLOBAL STATUS');
    const value = (/** @type {string} */ name) =>
      Number(new RegExp(`^${name}\t(\\d+)$`, 'm').exec(text)?.[1]);
    return {
      cpuSeconds,
      selects: value('Com_select') + value('Com_stmt_execute'),
      questions: value('Questions'),
      connections: value('Connections'),
      rowsStepped: value('Handler_read_next'),
      bytesSent: value('Bytes_sent'),
      bytesReceived: value('Bytes_received'),
    };
  }

  async stop() {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exit = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await exit;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
