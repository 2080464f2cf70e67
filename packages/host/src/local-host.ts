import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { errorCode } from '@whitebox/core';
import { checkCommand, checkPath } from './argv.js';
import { Deadline } from './deadline.js';
import { dialError, endpointName } from './endpoint.js';
import { drained } from './drain.js';
import { HostError, shownCommand } from './errors.js';
import { feed } from './feed.js';
import { fileError, notAFile } from './file-errors.js';
import { replaceFileByExec } from './files-by-exec.js';
import type { Completed, Endpoint, ExecOptions, Host, Limited, ReplaceOptions } from './host.js';
import { Output } from './output.js';
import { pump } from './pump.js';
import { endScript } from './run-script.js';

/** The machine on which this process runs, with the rights of its user. */
export class LocalHost implements Host {
  readonly name: string;

  constructor(name = 'localhost') {
    this.name = name;
  }

  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<Completed> {
    checkCommand(this.name, argv, options);
    const action = `run ${shownCommand(argv)}`;
    using deadline = new Deadline(this.name, action, options);
    if (deadline.passed()) throw deadline.error;
    const [program = '', ...rest] = argv;
    const word = `whitebox-${randomBytes(9).toString('hex')}`;
    let child: ChildProcessWithoutNullStreams;
    try {
      child = spawn(program, rest, {
        // A session of its own, so that a program and its children can be told from everybody else's.
        detached: true,
        env: { ...process.env, ...options.env, WHITEBOX_RUN: word },
        stdio: ['pipe', 'pipe', 'pipe'],
      });
    } catch (error) {
      throw this.#notStarted(action, error);
    }
    return await this.#follow(child, { action, argv, options, deadline, word });
  }

  async readFile(path: string, options: Limited = {}): Promise<Uint8Array> {
    const action = `read ${path}`;
    checkPath(this.name, action, path);
    using deadline = new Deadline(this.name, action, options);
    try {
      if (deadline.passed()) throw deadline.error;
      if (!(await deadline.race(stat(path))).isFile()) throw notAFile(this.name, action);
      return await deadline.race(readFile(path, { signal: deadline.signal }));
    } catch (error) {
      if (deadline.passed()) throw deadline.error;
      if (error instanceof HostError) throw error;
      throw fileError(this.name, action, String(error), error);
    }
  }

  async replaceFile(path: string, bytes: Uint8Array, options?: ReplaceOptions): Promise<void> {
    await replaceFileByExec(this, path, bytes, options);
  }

  async dial(endpoint: Endpoint, options: Limited = {}): Promise<Duplex> {
    using deadline = new Deadline(this.name, `connect to ${endpointName(endpoint)}`, options, 20_000);
    if (deadline.passed()) throw deadline.error;
    const socket =
      'socketPath' in endpoint
        ? connect({ path: endpoint.socketPath, allowHalfOpen: true })
        : connect({ host: endpoint.address, port: endpoint.port, allowHalfOpen: true, noDelay: true });
    try {
      await deadline.race(
        new Promise<void>((resolve, reject) => {
          socket.once('connect', resolve);
          socket.once('error', reject);
        }),
      );
      return socket;
    } catch (error) {
      socket.destroy();
      if (deadline.passed()) throw deadline.error;
      throw dialError(this.name, endpoint, error instanceof Error ? error.message : String(error), error);
    }
  }

  async #follow(child: ChildProcessWithoutNullStreams, run: LocalRun): Promise<Completed> {
    const { action, argv, options, deadline, word } = run;
    const { stdin, stdout, stderr } = child;
    const output = new Output(this.name, argv, options);
    let fail: (error: unknown) => void = () => undefined;
    const failed = new Promise<never>((_resolve, reject) => (fail = reject));
    failed.catch(() => undefined);
    const exited = new Promise<{ exitCode: number | null; signal: string | null }>((resolve, reject) => {
      child.once('error', (error) => {
        reject(this.#notStarted(action, error));
      });
      child.once('exit', (exitCode, signal) => {
        resolve({ exitCode, signal });
      });
    });
    const out = pump(stdout, (chunk) => output.stdout(chunk), fail);
    const err = pump(stderr, (chunk) => output.stderr(chunk), fail);
    feed(stdin, options.stdin, fail);
    try {
      const ending = await deadline.race(Promise.race([exited, failed]));
      await deadline.race(
        Promise.race([
          failed,
          drained({
            closed: Promise.all([out.closed, err.closed]).then(() => undefined),
            bytes: () => out.bytes + err.bytes,
            paused: () => out.paused || err.paused,
            // One whole turn of the event loop looks at every pipe.
            sync: () => new Promise((resolve) => setImmediate(() => setImmediate(resolve))),
          }),
        ]),
      );
      return output.completed(ending.exitCode, ending.signal);
    } catch (error) {
      if (child.pid !== undefined) await endLocal(word, child.pid);
      throw error;
    } finally {
      for (const stream of [stdin, stdout, stderr]) stream.destroy();
    }
  }

  #notStarted(action: string, error: unknown): HostError {
    const code = errorCode(error);
    const missing = code === 'ENOENT';
    return new HostError({
      code: missing ? 'WB_HOST_NOT_FOUND' : code === 'EACCES' ? 'WB_HOST_DENIED' : 'WB_HOST_FAILED',
      action,
      host: this.name,
      observed: missing ? 'there is no such program' : String(error),
      advice: missing
        ? 'Install it, or give its whole path.'
        : 'Check its permissions and the length of its arguments.',
      cause: error,
    });
  }
}

interface LocalRun {
  readonly action: string;
  readonly argv: readonly string[];
  readonly options: ExecOptions;
  readonly deadline: Deadline;
  readonly word: string;
}

/** Resolves when the program and its descendants have ended. */
async function endLocal(word: string, pid: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const helper = spawn('/bin/sh', ['-c', endScript, 'sh', word, String(pid), ''], {
      detached: true,
      stdio: 'ignore',
    });
    helper.once('error', () => {
      resolve();
    });
    helper.once('exit', () => {
      resolve();
    });
  });
}
