import { fileError, notAFile, type HostError } from '@whitebox/host';

const chunkBytes = 32 * 1024;
const chunksAtOnce = 32;

type Done<T> = (error: Error | undefined, value: T) => void;

/** The part of an SFTP session that is used here. */
export interface SftpSession {
  stat(path: string, done: Done<{ readonly size: number; isFile(): boolean }>): void;
  open(path: string, mode: 'r', done: Done<Buffer>): void;
  read(
    handle: Buffer,
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | undefined, bytes: number) => void,
  ): void;
  close(handle: Buffer, done: (error?: Error | null) => void): void;
  end(): void;
  once(event: 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** Reads files over one SFTP channel, as the user who logged in. */
export class SftpReader {
  /** Whether the channel is gone. */
  closed = false;
  readonly #host: string;
  readonly #sftp: SftpSession;
  readonly #lost: () => HostError | undefined;
  readonly #onClose: Promise<void>;
  #close: () => void = () => undefined;

  constructor(host: string, sftp: SftpSession, lost: () => HostError | undefined) {
    this.#host = host;
    this.#sftp = sftp;
    this.#lost = lost;
    sftp.on('error', () => undefined);
    this.#onClose = new Promise((resolve) => {
      this.#close = () => {
        this.closed = true;
        resolve();
      };
    });
    sftp.once('close', this.#close);
  }

  /**
   * The whole file, or undefined when it is larger than `limit` bytes.
   *
   * @throws HostError as {@link Host.readFile}
   */
  async read(path: string, limit: number): Promise<Uint8Array | undefined> {
    const action = `read ${path}`;
    // Opening a pipe would block the server's SFTP process, so look first.
    const attributes = await this.#ask<{ size: number; isFile(): boolean }>(action, (done) => {
      this.#sftp.stat(path, done);
    });
    if (!attributes.isFile()) throw notAFile(this.#host, action);
    if (attributes.size > limit) return undefined;
    const handle = await this.#ask<Buffer>(action, (done) => {
      this.#sftp.open(path, 'r', done);
    });
    try {
      return await this.#content(action, handle, attributes.size);
    } finally {
      await this.#ask<undefined>(action, (done) => {
        this.#sftp.close(handle, () => {
          done(undefined, undefined);
        });
      }).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.#sftp.end();
    await this.#onClose;
  }

  /** Closes it without waiting for a server that may be stuck; what is pending fails. */
  abandon(): void {
    this.#sftp.end();
    this.#close();
  }

  /** Up to the size that it had in many requests at once, then on until nothing more comes (files of /proc have size 0). */
  async #content(action: string, handle: Buffer, size: number): Promise<Uint8Array> {
    const chunks: Buffer[] = [];
    let position = 0;
    while (position < size) {
      const starts = Array.from({ length: chunksAtOnce }, (_, index) => position + index * chunkBytes);
      const wanted = starts.filter((start) => start < size);
      const read = await Promise.all(wanted.map((start) => this.#chunk(action, handle, start)));
      const short = read.findIndex(
        (chunk, index) => chunk.length < Math.min(chunkBytes, size - (wanted[index] ?? 0)),
      );
      const good = short < 0 ? read : read.slice(0, short + 1);
      chunks.push(...good);
      position += good.reduce((sum, chunk) => sum + chunk.length, 0);
      if (short >= 0) break;
    }
    for (;;) {
      const chunk = await this.#chunk(action, handle, position);
      if (chunk.length === 0) return Buffer.concat(chunks);
      chunks.push(chunk);
      position += chunk.length;
    }
  }

  async #chunk(action: string, handle: Buffer, position: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(chunkBytes);
    const bytes = await this.#ask<number>(action, (done) => {
      this.#sftp.read(handle, buffer, 0, chunkBytes, position, (error, count) => {
        // Status 1 is the end of the file.
        if (statusOf(error) === 1) done(undefined, 0);
        else done(error, count);
      });
    });
    return buffer.subarray(0, bytes);
  }

  async #ask<T>(action: string, start: (done: Done<T>) => void): Promise<T> {
    const answer = new Promise<T>((resolve, reject) => {
      try {
        // ssh2 passes null as well as undefined for "no error".
        start((error, value) => {
          if (error instanceof Error) reject(this.#error(action, error));
          else resolve(value);
        });
      } catch (error) {
        reject(this.#error(action, error));
      }
    });
    const gone = this.#onClose.then((): never => {
      throw this.#lost() ?? this.#error(action, new Error('the SFTP channel was closed'));
    });
    return await Promise.race([answer, gone]);
  }

  #error(action: string, error: unknown): HostError {
    const lost = this.#lost();
    if (lost !== undefined) return lost;
    const status = statusOf(error);
    const said = error instanceof Error ? error.message : String(error);
    // Names of the SFTP draft (draft-ietf-secsh-filexfer-02, 7) in the words of the C library.
    if (status === 2) return fileError(this.#host, action, 'No such file or directory', error);
    if (status === 3) return fileError(this.#host, action, 'Permission denied', error);
    return fileError(this.#host, action, said, error);
  }
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'number' ? error.code : undefined;
}
