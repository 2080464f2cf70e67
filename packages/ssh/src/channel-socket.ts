import { Duplex } from 'node:stream';

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

  constructor(channel: ForwardChannel, lost: () => Error | undefined) {
    super({ allowHalfOpen: true });
    this.#channel = channel;
    channel.on('data', (chunk: Uint8Array) => {
      if (!this.push(chunk)) channel.pause();
    });
    channel.on('end', () => {
      if (lost() === undefined) this.push(null);
    });
    channel.on('error', (error) => {
      this.destroy(error);
    });
    channel.once('close', () => {
      const error = lost();
      if (error !== undefined) this.destroy(error);
      else if (this.readableEnded) this.destroy();
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
    this.#channel.close();
    this.#channel.removeAllListeners('data').resume();
    done(error);
  }
}
