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

/** One running program on a channel of its own. Made in the very moment in which the channel opens, to miss nothing. */
export class ExecSession {
  readonly channel: SessionChannel;
  /** How it ended. @throws HostError `WB_HOST_CONNECTION_LOST`; never an exit code that the server did not send */
  readonly ended: Promise<Ending>;
  /** Resolves when the server counts the channel no more. */
  readonly closed: Promise<void>;
  #exited = false;
  #open = true;

  constructor(channel: SessionChannel, lost: () => HostError) {
    this.channel = channel;
    this.closed = new Promise((resolve) => {
      channel.once('close', () => {
        this.#open = false;
        resolve();
      });
    });
    this.ended = new Promise((resolve, reject) => {
      channel.once('exit', (exitCode: number | null, signal?: string) => {
        this.#exited = true;
        resolve({ exitCode, signal: exitCode === null ? (signal ?? 'SIGKILL') : null });
      });
      channel.once('close', () => {
        if (!this.#exited) reject(lost());
      });
    });
    this.ended.catch(() => undefined);
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
