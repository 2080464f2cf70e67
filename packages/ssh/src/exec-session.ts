import type { Duplex, Readable } from 'node:stream';
import type { HostError } from '@whitebox/host';

/** The part of a session channel that is used here. */
export interface SessionChannel extends Duplex {
  readonly stderr: Readable;
  signal(name: string): unknown;
  close(): unknown;
}

export interface Ending {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** What a channel needs to know of its connection. */
export interface Losable {
  /** Set once the connection is gone. */
  readonly lost: HostError | undefined;
  /** Calls the listener when the connection goes; returns how to take that back. */
  onLost(listener: (error: HostError) => void): () => void;
  /** The error for a channel that ends without a word while the connection stands. */
  cutOff(): HostError;
}

/** One running program on a channel of its own. Made in the very moment in which the channel opens, to miss nothing. */
export class ExecSession {
  readonly channel: SessionChannel;
  /** How it ended. @throws HostError `WB_HOST_CONNECTION_LOST`; never an exit code that the server did not send */
  readonly ended: Promise<Ending>;
  /** Resolves when the server counts the channel no more. */
  readonly closed: Promise<void>;
  #exited = false;
  #open = true;

  constructor(channel: SessionChannel, connection: Losable) {
    this.channel = channel;
    let goneUnexpectedly: (error: HostError) => void = () => undefined;
    let forget: () => void = () => undefined;
    this.ended = new Promise((resolve, reject) => {
      channel.once('exit', (exitCode: number | null, signal?: string) => {
        this.#exited = true;
        resolve({ exitCode, signal: exitCode === null ? (signal ?? 'SIGKILL') : null });
      });
      goneUnexpectedly = reject;
    });
    this.ended.catch(() => undefined);
    this.closed = new Promise((resolve) => {
      const close = (error: HostError): void => {
        if (!this.#open) return;
        this.#open = false;
        forget();
        if (!this.#exited) goneUnexpectedly(error);
        resolve();
      };
      channel.once('close', () => {
        close(connection.lost ?? connection.cutOff());
      });
      // The channel itself says nothing while output waits to be taken.
      forget = connection.onLost(close);
    });
  }

  /** Lets the channel go, and with it, as far as the server can, a program that has not ended. */
  release(): void {
    if (!this.#open) return;
    if (!this.#exited) this.channel.signal('KILL');
    this.channel.close();
    // It closes only after everything that came was taken.
    this.channel.removeAllListeners('data').resume();
    this.channel.stderr.removeAllListeners('data').resume();
  }
}
