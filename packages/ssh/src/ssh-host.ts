import type { Duplex } from 'node:stream';
import {
  checkPath,
  Deadline,
  dialError,
  drained,
  endpointName,
  feed,
  pump,
  quoteArgv,
  readFileByExec,
  replaceFileByExec,
  supervise,
  type Completed,
  type Endpoint,
  type ExecOptions,
  type Host,
  type Limited,
  type ReplaceOptions,
} from '@whitebox/host';
import { openRoute, type Route } from './connect.js';
import type { Ending, ExecSession } from './exec-session.js';
import type { SshOptions } from './options.js';
import { Sessions } from './sessions.js';
import { SftpChannel } from './sftp-channel.js';
import { ChannelRefused, type Ssh2Connection } from './ssh2-connection.js';

/** How long a program that was given up may take to end by itself before its channel is cut off. */
const graceMs = 2000;

/**
 * A machine behind SSH: one connection with as many channels as are needed. Nothing reconnects on its own: once the
 * connection is lost every call throws HostError `WB_HOST_CONNECTION_LOST`.
 */
export class SshHost implements Host, AsyncDisposable {
  readonly name: string;
  readonly #route: Route;
  readonly #connection: Ssh2Connection;
  readonly #sessions: Sessions;
  readonly #sftp: SftpChannel;

  private constructor(route: Route, options: SshOptions) {
    this.name = route.name;
    this.#route = route;
    this.#connection = route.connection;
    this.#sftp = new SftpChannel(route.connection);
    this.#sessions = new Sessions({
      host: route.name,
      source: route.connection,
      limit: options.maxChannels ?? 8,
      isRefusal: (error) => error instanceof ChannelRefused,
      connectSpare: () => route.another(),
      releaseOthers: () => this.#sftp.release(),
    });
  }

  /**
   * Connects to `host`, `user@host:port` or `ssh://user@host:port`, where the host may be a name of the ssh
   * configuration; options win over the configuration.
   *
   * @throws SshError, see {@link SshErrorCode}
   */
  static async connect(destination: string, options: SshOptions = {}): Promise<SshHost> {
    return new SshHost(await openRoute(destination, options), options);
  }

  /** Whether the connection stands, as far as it is known. */
  get connected(): boolean {
    return this.#connection.lost === undefined;
  }

  async exec(argv: readonly string[], options?: ExecOptions): Promise<Completed> {
    return await supervise(
      { name: this.name, exec: (wrapped, given) => this.#run(wrapped, given) },
      argv,
      options,
    );
  }

  async readFile(path: string, options: Limited = {}): Promise<Uint8Array> {
    const action = `read ${path}`;
    checkPath(this.name, action, path);
    using deadline = new Deadline(this.name, action, options);
    if (deadline.passed()) throw deadline.error;
    const content = await deadline.race(this.#sftp.read(path, deadline.signal));
    return content ?? (await readFileByExec(this, path, { ...options, signal: deadline.signal }));
  }

  async replaceFile(path: string, bytes: Uint8Array, options?: ReplaceOptions): Promise<void> {
    await replaceFileByExec(this, path, bytes, options);
  }

  async dial(endpoint: Endpoint, options: Limited = {}): Promise<Duplex> {
    using deadline = new Deadline(this.name, `connect to ${endpointName(endpoint)}`, options, 20_000);
    if (deadline.passed()) throw deadline.error;
    const opening = this.#connection.forward(endpoint);
    try {
      return await deadline.race(opening);
    } catch (error) {
      // It may still come when nobody wants it any more.
      opening.then(
        (socket) => socket.destroy(),
        () => undefined,
      );
      if (error instanceof ChannelRefused) throw dialError(this.name, endpoint, error.message, error);
      throw error;
    }
  }

  /** Closes the connection, and those to jump hosts that were made for it. What is pending fails as lost. */
  async close(): Promise<void> {
    await this.#route.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(argv: readonly string[], options: ExecOptions): Promise<Completed> {
    const action = 'run a program';
    using deadline = new Deadline(this.name, action, options);
    let force: NodeJS.Timeout | undefined;
    const forced = new Promise<never>((_resolve, reject) => {
      const wait = (): void => {
        force = setTimeout(() => {
          reject(deadline.error);
        }, graceMs);
      };
      if (deadline.passed()) wait();
      else deadline.signal.addEventListener('abort', wait, { once: true });
    });
    forced.catch(() => undefined);
    const opening = this.#sessions.open(quoteArgv(argv), options.urgent ?? false, deadline.signal);
    try {
      const session = await Promise.race([opening, forced]);
      const collected = new Collected(options);
      const ending = await Promise.race([this.#follow(session, options, collected), forced]);
      return { argv, ...ending, ...collected.texts() };
    } finally {
      clearTimeout(force);
      // Also one that opens when nobody waits for it any more.
      opening.then(
        (session) => {
          session.release();
        },
        () => undefined,
      );
    }
  }

  async #follow(session: ExecSession, options: ExecOptions, collected: Collected): Promise<Ending> {
    const { channel } = session;
    let fail: (error: unknown) => void = () => undefined;
    const failed = new Promise<never>((_resolve, reject) => (fail = reject));
    const out = pump(channel, (chunk) => collected.stdout(chunk), fail);
    const err = pump(channel.stderr, (chunk) => collected.stderr(chunk), fail);
    feed(channel, options.stdin, fail);
    const ending = await Promise.race([session.ended, failed]);
    const output = drained({
      closed: Promise.all([out.closed, err.closed]).then(() => undefined),
      bytes: () => out.bytes + err.bytes,
      paused: () => out.paused || err.paused,
      sync: () => this.#connection.ping(),
    });
    await Promise.race([output, failed]);
    // The connection may have gone between the exit code and the last of the output.
    if (this.#connection.lost !== undefined) throw this.#connection.lost;
    return ending;
  }
}

/** What a program wrote, on the way to its caller; limits are the business of the supervisor above. */
class Collected {
  readonly #options: ExecOptions;
  readonly #stdout: Uint8Array[] = [];
  readonly #stderr: Uint8Array[] = [];

  constructor(options: ExecOptions) {
    this.#options = options;
  }

  stdout(chunk: Uint8Array): void | PromiseLike<void> {
    if (this.#options.collect !== false) this.#stdout.push(chunk);
    return this.#options.onStdout?.(chunk);
  }

  stderr(chunk: Uint8Array): void | PromiseLike<void> {
    if (this.#options.collect !== false) this.#stderr.push(chunk);
    return this.#options.onStderr?.(chunk);
  }

  texts(): { readonly stdout: string; readonly stderr: string } {
    return {
      stdout: Buffer.concat(this.#stdout).toString('utf8'),
      stderr: Buffer.concat(this.#stderr).toString('utf8'),
    };
  }
}
