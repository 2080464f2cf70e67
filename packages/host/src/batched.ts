import type { Duplex } from 'node:stream';
import { HostError } from './errors.js';
import { readFileByExec } from './files-by-exec.js';
import type { Completed, Endpoint, ExecOptions, Host, Limited, ReplaceOptions } from './host.js';
import { quoteArgv } from './quote.js';

/**
 * Runs the commands on standard input (lines `run PROGRAM ARGUMENT...`, quoted for a shell) one after the other. Of each it writes
 * standard output in base64, then a line that begins with a full stop: standard error and `=STATUS`, in base64 too. No file is
 * needed in between, and no command gets input.
 */
export const batchScript = `exec 3>&1
run() {
  wb_said=$({ { "$@" </dev/null 3>&-; echo "=$?" >&2; } | base64 >&3 3>&-; } 2>&1)
  printf '.%s\\n' "$(printf '%s' "$wb_said" | base64 | tr -d '\\n')"
}
eval "$(cat)"`;

interface Waiting {
  readonly argv: readonly string[];
  readonly options: ExecOptions;
  readonly resolve: (completed: Completed) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The same machine; commands that are asked for at the same time are sent in one, so that many small readings cost one round trip.
 * They run one after the other there, and share a deadline: the longest of theirs. For commands that only look; one with input is
 * sent by itself. Files are read the same way.
 */
export function batched(host: Host): Host {
  return new BatchedHost(host);
}

class BatchedHost implements Host {
  readonly #host: Host;
  #waiting: Waiting[] = [];

  constructor(host: Host) {
    this.#host = host;
  }

  get name(): string {
    return this.#host.name;
  }

  exec(argv: readonly string[], options: ExecOptions = {}): Promise<Completed> {
    if (options.stdin !== undefined) return this.#host.exec(argv, options);
    return new Promise((resolve, reject) => {
      // After all that can be asked for without waiting for an answer.
      if (this.#waiting.length === 0) setImmediate(() => void this.#send());
      this.#waiting.push({ argv, options, resolve, reject });
    });
  }

  readFile(path: string, options?: Limited): Promise<Uint8Array> {
    return readFileByExec(this, path, options);
  }

  replaceFile(path: string, bytes: Uint8Array, options?: ReplaceOptions): Promise<void> {
    return this.#host.replaceFile(path, bytes, options);
  }

  dial(endpoint: Endpoint, options?: Limited): Promise<Duplex> {
    return this.#host.dial(endpoint, options);
  }

  async #send(): Promise<void> {
    const all = this.#waiting;
    this.#waiting = [];
    const signals = new Set(all.map(({ options }) => options.signal));
    await Promise.all(
      [...signals].map((signal) =>
        this.#run(
          all.filter(({ options }) => options.signal === signal),
          signal,
        ),
      ),
    );
  }

  async #run(commands: readonly Waiting[], signal: AbortSignal | undefined): Promise<void> {
    const [only] = commands;
    if (only !== undefined && commands.length === 1) {
      this.#host.exec(only.argv, only.options).then(only.resolve, only.reject);
      return;
    }
    try {
      const { stdout, stderr } = await this.#host.exec(['/bin/sh', '-c', batchScript], {
        stdin: commands.map(lineOf).join(''),
        timeoutMs: Math.max(...commands.map(({ options }) => options.timeoutMs ?? 60_000)),
        signal,
        maxOutputBytes: 512 * 1024 * 1024,
      });
      const answers = answersIn(stdout);
      for (const [index, command] of commands.entries()) {
        const answer = answers[index];
        if (answer === undefined) command.reject(this.#cutOff(command, stderr));
        // Whether a program is missing is told by who starts it alone.
        else if (answer.exitCode === 126 || answer.exitCode === 127)
          this.#host.exec(command.argv, command.options).then(command.resolve, command.reject);
        else await hand(command, answer);
      }
    } catch (error) {
      for (const { reject } of commands) reject(error);
    }
  }

  #cutOff({ argv }: Waiting, stderr: string): HostError {
    return new HostError({
      code: 'WB_HOST_FAILED',
      action: `run ${argv[0] ?? ''} among other commands`,
      host: this.name,
      observed: `there is no answer of it: ${stderr.trim().slice(0, 300) || 'the shell ended before'}`,
      advice: 'Check that sh, cat, tr and base64 are there.',
    });
  }
}

function lineOf({ argv, options }: Waiting): string {
  const env = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`);
  return `run ${quoteArgv(env.length === 0 ? argv : ['env', ...env, ...argv])}\n`;
}

interface Answer {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

function answersIn(text: string): Answer[] {
  const answers: Answer[] = [];
  let from = 0;
  for (const { index, 0: line, 1: said = '' } of text.matchAll(/^\.([\w+/=]*)\n/gm)) {
    const told = Buffer.from(said, 'base64');
    const at = told.lastIndexOf('=');
    answers.push({
      exitCode: Number(told.subarray(at + 1).toString()),
      stdout: Buffer.from(text.slice(from, index), 'base64'),
      stderr: told.subarray(0, at),
    });
    from = index + line.length;
  }
  return answers;
}

/** As if the command had been sent by itself. */
async function hand(
  { argv, options, resolve, reject }: Waiting,
  { exitCode, stdout, stderr }: Answer,
): Promise<void> {
  try {
    if (stdout.length > 0) await options.onStdout?.(stdout);
    if (stderr.length > 0) await options.onStderr?.(stderr);
    const kept = options.collect !== false;
    resolve({
      argv,
      exitCode,
      signal: null,
      stdout: kept ? stdout.toString('utf8') : '',
      stderr: kept ? stderr.toString('utf8') : '',
    });
  } catch (error) {
    reject(error);
  }
}
