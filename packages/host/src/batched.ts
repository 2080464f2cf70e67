import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { promisify } from 'node:util';
import { constants, gunzip } from 'node:zlib';
import { HostError } from './errors.js';
import { readFileByExec } from './files-by-exec.js';
import type { Completed, Endpoint, ExecOptions, Host, Limited, ReplaceOptions } from './host.js';
import { quoteArgv } from './quote.js';

/**
 * Runs the commands on standard input (lines `run PROGRAM ARGUMENT...`, quoted for a shell) one after the other. Of each it writes
 * standard output as it is, then a line with the word that it was given and, in base64, standard error and `=STATUS`; all of that
 * through gzip where there is one, as what /proc says of a guest repeats itself. No file is needed in between, and no command gets
 * input.
 */
export const batchScript = `wb_word=$1
run() {
  wb_said=$({ "$@" </dev/null >&3 3>&-; echo "=$?" >&2; } 2>&1)
  printf '\\n%s %s\\n' "$wb_word" "$(printf '%s' "$wb_said" | base64 | tr -d '\\n')"
}
all() {
  exec 3>&1
  eval "$(cat)"
}
if command -v gzip >/dev/null; then all | gzip -1; else all; fi`;

/** Bytes that a batch may write before and after it was compressed. */
const maxBatchBytes = 512 * 1024 * 1024;

const unzip = promisify(gunzip);

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
      const word = `whitebox-${randomBytes(18).toString('hex')}`;
      const written: Uint8Array[] = [];
      const said: Uint8Array[] = [];
      await this.#host.exec(['/bin/sh', '-c', batchScript, 'sh', word], {
        stdin: commands.map(lineOf).join(''),
        timeoutMs: Math.max(...commands.map(({ options }) => options.timeoutMs ?? 60_000)),
        signal,
        // As it is, not as text: most of it is only a text once it is unzipped, and each command has its own part.
        collect: false,
        onStdout: (chunk) => void written.push(chunk),
        onStderr: (chunk) => void said.push(chunk),
      });
      const answers = answersIn(await unzipped(Buffer.concat(written)), word);
      const stderr = Buffer.concat(said).toString();
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

/** Also of what was cut off: as far as it came. */
async function unzipped(bytes: Buffer): Promise<Buffer> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  return await unzip(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: maxBatchBytes });
}

function answersIn(bytes: Buffer, word: string): Answer[] {
  const answers: Answer[] = [];
  const mark = Buffer.from(`\n${word} `);
  for (let from = 0; ;) {
    const at = bytes.indexOf(mark, from);
    const end = at < 0 ? -1 : bytes.indexOf(0x0a, at + mark.length);
    if (end < 0) return answers;
    const told = Buffer.from(bytes.toString('latin1', at + mark.length, end), 'base64');
    const status = told.lastIndexOf('=');
    answers.push({
      exitCode: Number(told.subarray(status + 1).toString()),
      stdout: bytes.subarray(from, at),
      stderr: told.subarray(0, status),
    });
    from = end + 1;
  }
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
