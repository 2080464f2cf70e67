import { Duplex } from 'node:stream';
import type { Losable } from './exec-session.js';

/** The part of a forwarding channel that is used here. */
export interface ForwardChannel extends Duplex {
  close(): unknown;
}

/**
 * A forwarded connection that behaves like a socket: destroy ends it, and a lost SSH connection destroys it with an
 * error instead of looking like an orderly end.
 */
export class ChannelSocket extends Duplex {
  readonly #channel: ForwardChannel;
  readonly #forget: () => void;

  constructor(channel: ForwardChannel, connection: Losable) {
    super({ allowHalfOpen: true });
    this.#channel = channel;
    this.#forget = connection.onLost((error) => {
      this.destroy(error);
    });
    channel.on('data', (chunk: Uint8Array) => {
      if (!this.push(chunk)) channel.pause();
    });
    channel.on('end', () => {
      this.push(null);
    });
    channel.on('error', (error) => {
      this.destroy(error);
    });
    channel.once('close', () => {
      if (this.readableEnded) this.destroy();
      else this.once('end', () => this.destroy());
    });
    channel.pause();
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
    this.#channel.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#channel.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#forget();
    this.#channel.close();
    this.#channel.removeAllListeners('data').resume();
    done(error);
  }
}
