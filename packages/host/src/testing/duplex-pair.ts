import { Duplex } from 'node:stream';

class End extends Duplex {
  peer: End | undefined;
  #taken: (() => void) | undefined;

  override _read(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.peer?.receive(chunk, done);
  }

  override _final(done: () => void): void {
    this.peer?.receive(null, done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // As with a socket: the other side sees an end, not the error.
    const peer = this.peer;
    if (peer !== undefined && !peer.destroyed) peer.receive(null, () => undefined);
    done(error);
  }

  receive(chunk: Uint8Array | null, done: () => void): void {
    if (this.destroyed || this.readableEnded) {
      done();
    } else if (chunk === null) {
      this.push(null);
      done();
    } else if (this.push(chunk)) {
      done();
    } else {
      this.#taken = done;
    }
  }
}

/** Two ends of one connection in memory; a writer waits for the reader. */
export function duplexPair(): [Duplex, Duplex] {
  const near = new End();
  const far = new End();
  near.peer = far;
  far.peer = near;
  return [near, far];
}
