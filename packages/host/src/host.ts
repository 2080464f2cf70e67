import type { Duplex, Readable } from 'node:stream';

/** What a machine can do for us. Everything else is built on these. */
export interface Host {
  /** Name for people and for errors: "compute1", "root@compute1", "nova_compute@compute1". */
  readonly name: string;

  /**
   * Runs a program with arguments; no shell ever sees them. Resolves however the program ended: use {@link run} where
   * a non-zero exit code is an error. When the deadline passes or the signal is aborted, the program and its children
   * are really ended on that machine before the promise rejects.
   *
   * Every call may throw HostError `WB_HOST_TIMEOUT`, `WB_HOST_ABORTED` and `WB_HOST_CONNECTION_LOST`.
   *
   * @throws HostError `WB_HOST_NOT_FOUND` (no such program), `WB_HOST_DENIED` (not executable),
   *   `WB_HOST_OUTPUT_TOO_LARGE`, `WB_HOST_BAD_ARGUMENT` (nothing to run, or a NUL byte)
   */
  exec(argv: readonly string[], options?: ExecOptions): Promise<Completed>;

  /**
   * The whole content of a file, also of files in /proc and /sys that do not tell their size.
   *
   * @throws HostError `WB_HOST_NO_FILE`, `WB_HOST_DENIED`, `WB_HOST_NOT_A_FILE` (a directory, a device, ...)
   */
  readFile(path: string, options?: Limited): Promise<Uint8Array>;

  /**
   * Replaces the content of a file at once: a reader sees the old or the new bytes, never a part, also after a power
   * cut. Owner, group, mode and SELinux label of an existing file are kept; symbolic links are followed. A new file
   * gets `mode` (default 0o644) and the owner of the user of this Host.
   *
   * Access control lists, other extended attributes and other hard links to the same file are not carried over.
   *
   * @throws HostError `WB_HOST_NO_FILE` (no such directory), `WB_HOST_DENIED`, `WB_HOST_NO_SPACE`, `WB_HOST_READ_ONLY`,
   *   `WB_HOST_NOT_A_FILE`; the old file is intact
   */
  replaceFile(path: string, bytes: Uint8Array, options?: ReplaceOptions): Promise<void>;

  /**
   * A connection to a TCP port or unix socket as seen from that machine. The caller ends it. The deadline (default
   * 20 000 ms) is for the connecting alone.
   *
   * @throws HostError `WB_HOST_DIAL_FAILED` (refused, no such socket, forbidden)
   */
  dial(endpoint: Endpoint, options?: Limited): Promise<Duplex>;
}

export type Endpoint = { readonly address: string; readonly port: number } | { readonly socketPath: string };

export interface Limited {
  /** Milliseconds; every call has a default: 60 000, for {@link Host.dial} 20 000. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ExecOptions extends Limited {
  /** Given to the program's standard input, which is then closed. Default: empty. */
  readonly stdin?: string | Uint8Array | Readable | undefined;
  /** Added to the environment that the machine gives. Values never appear in process arguments. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds until the program is ended; default 60 000. */
  readonly timeoutMs?: number | undefined;
  /**
   * Called with each piece of output as it comes; the output is collected all the same unless `collect` is false. While
   * a returned promise is pending no more is read, so that a slow consumer slows the program down (backpressure).
   * What it throws ends the program and is thrown by exec.
   */
  readonly onStdout?: OutputListener | undefined;
  readonly onStderr?: OutputListener | undefined;
  /** Whether stdout and stderr are kept for {@link Completed}; default true. */
  readonly collect?: boolean | undefined;
  /** May use what a Host keeps free for ending other programs; not for ordinary commands. */
  readonly urgent?: boolean | undefined;
  /** Bytes of stdout plus stderr that are kept at the most; more is an error. Default 64 MiB. */
  readonly maxOutputBytes?: number | undefined;
}

export type OutputListener = (chunk: Uint8Array) => void | PromiseLike<void>;

export interface ReplaceOptions extends Limited {
  /** Permission bits of a file that did not exist; default 0o644. */
  readonly mode?: number | undefined;
}

/** How a program ended: with an exit code, or by a signal. */
export interface Completed {
  readonly argv: readonly string[];
  /** null when a signal ended the program. */
  readonly exitCode: number | null;
  /** Name of the signal ("SIGTERM") or null. */
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}
