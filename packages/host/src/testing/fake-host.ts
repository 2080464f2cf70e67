import { setMaxListeners } from 'node:events';
import { duplexPair } from './duplex-pair.js';
import { type Duplex, Readable } from 'node:stream';
import { checkCommand, checkPath } from '../argv.js';
import { Deadline } from '../deadline.js';
import { HostError, shownCommand } from '../errors.js';
import type { Completed, Endpoint, ExecOptions, Host, Limited, ReplaceOptions } from '../host.js';
import { Output } from '../output.js';
import { FakeFiles } from './fake-files.js';
import { failureOf, type Failure, type FakeOperation } from './failures.js';

/** One command that was run on a {@link FakeHost}. */
export interface FakeCommand {
  readonly argv: readonly string[];
  /** Everything that was given to its standard input. */
  readonly stdin: string;
  readonly env: Readonly<Record<string, string>>;
  /** Aborted when the caller gives the command up. */
  readonly signal: AbortSignal;
}

/** What a fake command does: a string is its standard output. Whatever is absent is empty, and the exit code is 0. */
export type FakeReply =
  | string
  | {
      readonly stdout?: string | Uint8Array | undefined;
      readonly stderr?: string | Uint8Array | undefined;
      readonly exitCode?: number | undefined;
      /** Name of the signal that ended it. */
      readonly signal?: string | undefined;
    };

/**
 * Which commands are meant: the program's name alone ("virsh"), the first arguments (strings or patterns), or a function.
 */
export type CommandMatcher =
  string | readonly (string | RegExp)[] | ((argv: readonly string[], command: FakeCommand) => boolean);

export type FakeHandler = (command: FakeCommand) => FakeReply | Promise<FakeReply>;

/** What was asked of a {@link FakeHost}, in order. */
export type FakeCall =
  | { readonly kind: 'exec'; readonly argv: readonly string[]; readonly command: FakeCommand }
  | { readonly kind: 'readFile'; readonly path: string }
  | { readonly kind: 'replaceFile'; readonly path: string; readonly text: string }
  | { readonly kind: 'dial'; readonly endpoint: Endpoint };

interface PlannedFailure {
  readonly operation: FakeOperation;
  readonly failure: Failure;
  times: number;
}

/**
 * A machine in memory: files with owner, group, mode and label, commands that answer as the test says, endpoints, and
 * failures on demand. A command for which no answer was given fails the test with an ordinary Error, so that it can
 * never pass for a machine's reply.
 */
export class FakeHost implements Host {
  readonly name: string;
  readonly files: FakeFiles;
  /** Everything that was asked, in order. */
  readonly calls: FakeCall[] = [];
  readonly #answers: { readonly matcher: CommandMatcher; readonly handler: FakeHandler }[] = [];
  readonly #listeners = new Map<string, (socket: Duplex) => void>();
  readonly #failures: PlannedFailure[] = [];
  readonly #lost = new AbortController();
  #running = 0;

  /** @param options `user`: who logs in; "root" (the default) may read and write everything */
  constructor(options: { readonly name?: string; readonly user?: string } = {}) {
    this.name = options.name ?? 'fake';
    // As many calls wait for it as are pending.
    setMaxListeners(0, this.#lost.signal);
    this.files = new FakeFiles(this.name, options.user ?? 'root');
  }

  /** The command lines that were run, each as a list of arguments. */
  get commands(): (readonly string[])[] {
    return this.calls.flatMap((call) => (call.kind === 'exec' ? [call.argv] : []));
  }

  /** How many commands run now. */
  get running(): number {
    return this.#running;
  }

  /** Says how a command answers; the latest match wins. */
  on(matcher: CommandMatcher, handler: FakeReply | FakeHandler): this {
    this.#answers.unshift({ matcher, handler: typeof handler === 'function' ? handler : () => handler });
    return this;
  }

  /** Accepts connections; `serve` gets the machine's end of each. */
  listen(endpoint: Endpoint, serve: (socket: Duplex) => void): this {
    this.#listeners.set(keyOf(endpoint), serve);
    return this;
  }

  /** Makes the next call (or the next `times` calls) of that kind fail. */
  fail(operation: FakeOperation, failure: Failure, times = 1): this {
    this.#failures.push({ operation, failure, times });
    return this;
  }

  /** Loses the connection: everything pending and everything later fails with `WB_HOST_CONNECTION_LOST`. */
  lose(): void {
    this.#lost.abort(failureOf('connection-lost', this.name, 'use the connection'));
  }

  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<Completed> {
    checkCommand(this.name, argv, options);
    using deadline = new Deadline(this.name, `run ${shownCommand(argv)}`, options);
    const env = { ...options.env };
    const command: FakeCommand = {
      argv: [...argv],
      stdin: deadline.passed() ? '' : await this.#within(deadline, () => textOf(options.stdin)),
      env,
      signal: deadline.signal,
    };
    this.calls.push({ kind: 'exec', argv: command.argv, command });
    this.#running += 1;
    try {
      await this.#planned('exec', deadline);
      const reply = await this.#within(deadline, async () => this.#answer(command));
      const {
        stdout = '',
        stderr = '',
        exitCode,
        signal,
      } = typeof reply === 'string' ? { stdout: reply } : reply;
      const output = new Output(this.name, argv, options);
      if (stdout.length > 0) await this.#within(deadline, async () => output.stdout(Buffer.from(stdout)));
      if (stderr.length > 0) await this.#within(deadline, async () => output.stderr(Buffer.from(stderr)));
      return output.completed(signal === undefined ? (exitCode ?? 0) : null, signal ?? null);
    } finally {
      this.#running -= 1;
    }
  }

  async readFile(path: string, options: Limited = {}): Promise<Uint8Array> {
    checkPath(this.name, 'read a file', path);
    using deadline = new Deadline(this.name, `read ${path}`, options);
    this.calls.push({ kind: 'readFile', path });
    await this.#planned('readFile', deadline);
    return await this.#within(deadline, () => this.files.read(path));
  }

  async replaceFile(path: string, bytes: Uint8Array, options: ReplaceOptions = {}): Promise<void> {
    checkPath(this.name, 'replace a file', path);
    using deadline = new Deadline(this.name, `replace ${path}`, options);
    this.calls.push({ kind: 'replaceFile', path, text: Buffer.from(bytes).toString('utf8') });
    await this.#planned('replaceFile', deadline);
    await this.#within(deadline, () => {
      this.files.replace(path, bytes, options.mode ?? 0o644);
    });
  }

  async dial(endpoint: Endpoint, options: Limited = {}): Promise<Duplex> {
    using deadline = new Deadline(this.name, `connect to ${keyOf(endpoint)}`, options, 20_000);
    this.calls.push({ kind: 'dial', endpoint });
    await this.#planned('dial', deadline);
    return await this.#within(deadline, () => {
      const serve = this.#listeners.get(keyOf(endpoint));
      if (serve === undefined) {
        throw new HostError({
          code: 'WB_HOST_DIAL_FAILED',
          action: `connect to ${keyOf(endpoint)}`,
          host: this.name,
          observed: 'Connection refused',
          advice: 'This is a FakeHost: let it listen with host.listen(endpoint, serve).',
        });
      }
      const [near, far] = duplexPair();
      serve(far);
      return near;
    });
  }

  #answer(command: FakeCommand): FakeReply | Promise<FakeReply> {
    const answer = this.#answers.find(({ matcher }) => matches(matcher, command));
    if (answer === undefined) {
      throw new Error(`FakeHost ${this.name} was not told how to answer: ${shownCommand(command.argv)}`);
    }
    return answer.handler(command);
  }

  async #planned(operation: FakeOperation, deadline: Deadline): Promise<void> {
    const planned = this.#failures.find((one) => one.operation === operation && one.times > 0);
    if (planned === undefined) return;
    planned.times -= 1;
    const { failure } = planned;
    await this.#within(deadline, () => {
      if (failure === 'hang') return new Promise<never>(() => undefined);
      throw failureOf(failure, this.name, `do ${operation}`);
    });
  }

  async #within<T>(deadline: Deadline, work: () => T | PromiseLike<T>): Promise<T> {
    if (deadline.passed()) throw deadline.error;
    const lost = this.#lost.signal;
    if (lost.aborted) throw lost.reason;
    let onLost: (() => void) | undefined;
    const whenLost = new Promise<never>((_resolve, reject) => {
      onLost = (): void => {
        reject(lost.reason as HostError);
      };
      lost.addEventListener('abort', onLost, { once: true });
    });
    try {
      return await deadline.race(Promise.race([(async () => work())(), whenLost]));
    } finally {
      if (onLost !== undefined) lost.removeEventListener('abort', onLost);
    }
  }
}

function matches(matcher: CommandMatcher, command: FakeCommand): boolean {
  const { argv } = command;
  if (typeof matcher === 'string') return argv[0] === matcher;
  if (typeof matcher === 'function') return matcher(argv, command);
  return matcher.every((expected, index) => {
    const actual = argv[index];
    if (actual === undefined) return false;
    return typeof expected === 'string' ? expected === actual : expected.test(actual);
  });
}

function keyOf(endpoint: Endpoint): string {
  return 'socketPath' in endpoint ? endpoint.socketPath : `${endpoint.address}:${String(endpoint.port)}`;
}

async function textOf(stdin: ExecOptions['stdin']): Promise<string> {
  if (stdin === undefined || typeof stdin === 'string') return stdin ?? '';
  if (!(stdin instanceof Readable)) return Buffer.from(stdin).toString('utf8');
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as string | Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}
