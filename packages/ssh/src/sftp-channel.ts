import type { HostError } from '@whitebox/host';
import type { SftpReader } from './sftp-reader.js';
import { ChannelRefused, type Ssh2Connection } from './ssh2-connection.js';

/** Files up to this size are read by SFTP, in few round trips; for larger ones the stream of a program is faster. */
const limitBytes = 1024 * 1024;

/** The one SFTP channel of a connection, opened when it is needed. */
export class SftpChannel {
  readonly #connection: Pick<Ssh2Connection, 'lost' | 'sftp'>;
  #opening: Promise<SftpReader> | undefined;
  #works = true;

  constructor(connection: Pick<Ssh2Connection, 'lost' | 'sftp'>) {
    this.#connection = connection;
  }

  /**
   * The whole file, or undefined when SFTP is not the way: the file is too large, or the server has no SFTP or none that
   * answers. When the signal is aborted while the server works on it, the channel is given up: the server serves one
   * request after the other, and one that blocks (/proc/kmsg, a dead NFS server) blocks all that follow.
   *
   * @throws HostError as {@link Host.readFile}
   */
  async read(path: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const lost = this.#lost();
    if (lost !== undefined) throw lost;
    const sftp = await this.#open();
    if (sftp === undefined) return undefined;
    const giveUp = (): void => {
      sftp.abandon();
    };
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await sftp.read(path, limitBytes);
    } catch (error) {
      // Somebody else's read got stuck, or the server's SFTP process has ended.
      if (sftp.closed && this.#lost() === undefined) return undefined;
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Closes it for good, where the server allows so few sessions that even this one is in the way; whether it was open. */
  async release(): Promise<boolean> {
    const opening = this.#opening;
    if (opening === undefined) return false;
    this.#works = false;
    this.#opening = undefined;
    const sftp = await opening.catch(() => undefined);
    await sftp?.close();
    return sftp !== undefined;
  }

  #lost(): HostError | undefined {
    return this.#connection.lost;
  }

  async #open(): Promise<SftpReader | undefined> {
    if (!this.#works) return undefined;
    const opening = (this.#opening ??= this.#connection.sftp());
    try {
      const sftp = await opening;
      if (!sftp.closed) return sftp;
    } catch (error) {
      if (this.#opening === opening) this.#opening = undefined;
      if (!(error instanceof ChannelRefused)) throw error;
      this.#works = false;
      return undefined;
    }
    if (this.#opening === opening) this.#opening = undefined;
    return await this.#open();
  }
}
