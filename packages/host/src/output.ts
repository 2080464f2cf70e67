import { HostError, shownCommand } from './errors.js';
import type { Completed, ExecOptions } from './host.js';

const defaultMaxOutputBytes = 64 * 1024 * 1024;

/** Keeps what a program writes, within its limit, and hands it to the listeners of the call. */
export class Output {
  readonly #host: string;
  readonly #argv: readonly string[];
  readonly #options: ExecOptions;
  readonly #stdout: Uint8Array[] = [];
  readonly #stderr: Uint8Array[] = [];
  #bytes = 0;

  constructor(host: string, argv: readonly string[], options: ExecOptions = {}) {
    this.#host = host;
    this.#argv = argv;
    this.#options = options;
  }

  /** A promise when the listener wants no more for now. @throws HostError `WB_HOST_OUTPUT_TOO_LARGE` */
  stdout(chunk: Uint8Array): void | PromiseLike<void> {
    this.#keep(this.#stdout, chunk);
    return this.#options.onStdout?.(chunk);
  }

  /** As {@link stdout}. */
  stderr(chunk: Uint8Array): void | PromiseLike<void> {
    this.#keep(this.#stderr, chunk);
    return this.#options.onStderr?.(chunk);
  }

  completed(exitCode: number | null, signal: string | null): Completed {
    return {
      argv: this.#argv,
      exitCode,
      signal,
      stdout: Buffer.concat(this.#stdout).toString('utf8'),
      stderr: Buffer.concat(this.#stderr).toString('utf8'),
    };
  }

  #keep(kept: Uint8Array[], chunk: Uint8Array): void {
    if (this.#options.collect === false) return;
    this.#bytes += chunk.length;
    const limit = this.#options.maxOutputBytes ?? defaultMaxOutputBytes;
    if (this.#bytes > limit) {
      throw new HostError({
        code: 'WB_HOST_OUTPUT_TOO_LARGE',
        action: `run ${shownCommand(this.#argv)}`,
        host: this.#host,
        observed: `it wrote more than ${String(limit)} bytes, so it was ended`,
        advice: 'Raise maxOutputBytes, or take the output piece by piece: onStdout with collect: false.',
      });
    }
    kept.push(chunk);
  }
}
