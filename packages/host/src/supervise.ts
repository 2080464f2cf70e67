import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { checkCommand } from './argv.js';
import { Deadline } from './deadline.js';
import { HostError, shownCommand, tail, type HostErrorCode } from './errors.js';
import type { Completed, ExecOptions } from './host.js';
import { LaunchHeader, type Launched } from './launch-header.js';
import { Output } from './output.js';
import { quoteArgv } from './quote.js';
import { endScript, runScript } from './run-script.js';

/** How programs are started on a machine: by a bare channel, below sudo, in a container. */
export interface Launcher {
  /** Name of the host, for errors. */
  readonly name: string;
  /**
   * Runs a program with the rights and in the place meant, as {@link Host.exec} does. Its own ways of ending a program
   * are the last resort, when the program cannot be ended from inside: an abort of the signal means that the program
   * shall not be started any more, and that one that is started may be cut off after a few seconds.
   */
  exec(argv: readonly string[], options: ExecOptions): Promise<Completed>;
  /** What it means that the program was never started. */
  explain?(action: string, completed: Completed): HostError | undefined;
}

const endTimeoutMs = 10_000;

/**
 * Runs a program so that it and its descendants can be really ended by a helper with the same rights: {@link Host.exec}
 * for every Host whose programs this process cannot signal. Needs a POSIX shell at /bin/sh; where there is no /proc
 * (not Linux) only the process group is ended.
 */
export async function supervise(
  launcher: Launcher,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<Completed> {
  checkCommand(launcher.name, argv, options);
  const action = `run ${shownCommand(argv)}`;
  using deadline = new Deadline(launcher.name, action, options);
  if (deadline.passed()) throw deadline.error;

  const word = `whitebox-${randomBytes(9).toString('hex')}`;
  const header = new LaunchHeader(word);
  const output = new Output(launcher.name, argv, options);
  const givenUp = new AbortController();
  const failed = deferred<never>();
  const started = deferred<undefined>();
  const paused = new Set<() => void>();
  const state = { done: false, over: false, errors: [] as unknown[], said: '' };

  /** Nothing is handed out any more, and nobody waits for a listener any more. */
  const finish = (error: unknown): void => {
    state.over = true;
    state.errors.push(error);
    failed.reject(error);
    for (const goOn of paused) goOn();
  };
  const hand = (write: () => void | PromiseLike<void>): void | PromiseLike<void> => {
    if (state.over) return;
    try {
      const pause = write();
      if (pause === undefined) return;
      return new Promise<void>((resolve) => {
        paused.add(resolve);
        Promise.resolve(pause)
          .catch(finish)
          .finally(() => {
            paused.delete(resolve);
            resolve();
          });
      });
    } catch (error) {
      finish(error);
    }
  };
  const { lines, prologue } = prologueOf(argv, options.env);
  const program = launcher.exec(
    ['/bin/sh', '-c', runScript, 'sh', word, String(lines), ...(lines > 0 ? [] : argv)],
    {
      stdin: withPrologue(prologue, options.stdin),
      collect: false,
      timeoutMs: Number.MAX_SAFE_INTEGER,
      urgent: options.urgent,
      signal: givenUp.signal,
      onStdout: (chunk) => {
        const own = header.take(chunk);
        if (header.launched !== undefined) started.resolve(undefined);
        if (own.length > 0) return hand(() => output.stdout(own));
      },
      onStderr: (chunk) => {
        state.said = (state.said + Buffer.from(chunk).toString('utf8')).slice(-4000);
        return hand(() => output.stderr(chunk));
      },
    },
  );

  const settled = program.then(
    () => (state.done = true),
    () => (state.done = true),
  );
  try {
    const { exitCode, signal } = await deadline.race(Promise.race([program, failed.promise]));
    const rest = header.rest();
    if (rest.length > 0) await hand(() => output.stdout(rest));
    if (state.errors.length > 0) throw state.errors[0];
    const completed = output.completed(exitCode, signal);
    const seen = { ...completed, stderr: state.said };
    if (header.launched === undefined) throw neverStarted(launcher, action, seen, header.noise);
    if (header.failedStatus !== undefined)
      throw notRunnable(launcher.name, action, header.failedStatus, seen);
    return completed;
  } catch (error) {
    finish(error);
    if (state.done) throw named(error, launcher.name, action);
    // A program that has not said its pid is not running yet, and will not without somebody to say it to.
    if (header.launched === undefined) givenUp.abort(error);
    await within(Promise.race([started.promise, settled]), endTimeoutMs);
    const left = header.launched === undefined ? undefined : await end(header.launched);
    // What was ended is gone by now; the program's own channel may need a moment to notice.
    if (left !== undefined || !(await within(settled, 2000))) {
      givenUp.abort(error);
      await within(settled, endTimeoutMs);
    }
    throw left === undefined ? error : withLeftover(error, left);
  }

  async function end(launched: Launched): Promise<string | undefined> {
    try {
      const { exitCode, stdout, stderr } = await launcher.exec(
        ['/bin/sh', '-c', endScript, 'sh', word, launched.pid, launched.startTime],
        { timeoutMs: endTimeoutMs, urgent: true },
      );
      return exitCode === 0
        ? undefined
        : `processes ${stdout.trim()} could not be ended ${tail(stderr, 300)}`;
    } catch (error) {
      return `it could not be ended: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}

/** Lines for the run script to evaluate: the environment, and arguments too many for one command line. */
function prologueOf(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { readonly lines: number; readonly prologue: string } {
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${quoteArgv([value])}\n`);
  const size = argv.reduce((sum, argument) => sum + argument.length, 0);
  if (exports.length === 0 && size < 30_000) return { lines: 0, prologue: '' };
  const prologue = `set -- ${quoteArgv(argv)}\n${exports.join('')}`;
  return { lines: prologue.split('\n').length - 1, prologue };
}

function withPrologue(prologue: string, stdin: ExecOptions['stdin']): ExecOptions['stdin'] {
  if (prologue === '') return stdin;
  if (stdin instanceof Readable) {
    return Readable.from(
      (async function* () {
        yield Buffer.from(prologue);
        yield* stdin;
      })(),
    );
  }
  return Buffer.concat([Buffer.from(prologue), Buffer.from(stdin ?? '')]);
}

function neverStarted(launcher: Launcher, action: string, completed: Completed, noise: string): HostError {
  const { exitCode, signal, stderr } = completed;
  const how = signal === null ? `exit code ${String(exitCode)}` : `ended by ${signal}`;
  const said = tail(stderr) || tail(noise) || 'nothing was said';
  return (
    launcher.explain?.(action, completed) ??
    new HostError({
      code: 'WB_HOST_FAILED',
      action,
      host: launcher.name,
      observed: `the program was not started, ${how}: ${said}`,
      advice: 'Check that /bin/sh exists there and that the login shell of the user runs commands.',
    })
  );
}

/** What the status of a shell means that could not become the program. */
function notRunnable(host: string, action: string, status: number, completed: Completed): HostError {
  const missing = status === 127;
  return new HostError({
    code: missing ? 'WB_HOST_NOT_FOUND' : 'WB_HOST_DENIED',
    action,
    host,
    observed: tail(completed.stderr) || (missing ? 'there is no such program' : 'it cannot be executed'),
    advice: missing
      ? 'Install it there, or give its whole path: PATH of a non-interactive login may be shorter.'
      : 'Check its permissions, its file system (noexec) and the length of its arguments.',
  });
}

/** The same error in the words of this host: what lies below it speaks of its own wrapping. */
function named(error: unknown, host: string, action: string): unknown {
  if (!(error instanceof HostError) || error.host === host) return error;
  const { code, observed, advice } = error;
  return new HostError({ code, action, host, observed, advice, cause: error });
}

function withLeftover(error: unknown, left: string): unknown {
  if (!(error instanceof HostError)) return error;
  const { action, host, advice } = error;
  const code: HostErrorCode = error.code;
  return new HostError({
    code,
    action,
    host,
    observed: `${error.observed}, but ${left}`,
    advice,
    cause: error,
  });
}

function deferred<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // It may be rejected when nobody waits for it any more.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

/** Whether the promise is settled before the time is over. */
export async function within(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, milliseconds);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
