import type { Readable } from 'node:stream';

/** Output of a program on its way to a listener that may ask for a pause. */
export interface Pump {
  /** Resolves when the stream has ended and everything is handed over. */
  readonly closed: Promise<void>;
  bytes: number;
  paused: boolean;
}

/**
 * Hands each chunk to the listener and reads no further while a promise that it returned is pending.
 *
 * @param fail called once with what the listener threw; later output is read and dropped
 */
export function pump(
  stream: Readable,
  listener: (chunk: Uint8Array) => void | PromiseLike<void>,
  fail: (error: unknown) => void,
): Pump {
  let close: () => void = () => undefined;
  const state: Pump = {
    closed: new Promise((resolve) => (close = resolve)),
    bytes: 0,
    paused: false,
  };
  let failed = false;
  let ended = false;
  const refuse = (error: unknown): void => {
    if (failed) return;
    failed = true;
    fail(error);
  };
  const goOn = (): void => {
    state.paused = false;
    stream.resume();
    if (ended) close();
  };
  stream.on('data', (chunk: Uint8Array) => {
    state.bytes += chunk.length;
    if (failed) return;
    try {
      const wait = listener(chunk);
      if (wait === undefined) return;
      state.paused = true;
      stream.pause();
      Promise.resolve(wait).then(goOn, (error: unknown) => {
        refuse(error);
        goOn();
      });
    } catch (error) {
      refuse(error);
    }
  });
  const end = (): void => {
    ended = true;
    if (!state.paused) close();
  };
  stream.once('end', end);
  stream.once('close', end);
  stream.once('error', end);
  return state;
}
