/** What {@link drained} looks at. */
export interface Draining {
  /** Resolves when the output has really ended. */
  readonly closed: Promise<void>;
  /** Bytes seen so far. */
  readonly bytes: () => number;
  /** Whether output waits for its consumer. */
  readonly paused: () => boolean;
  /** Resolves when everything that had been written by now has arrived. */
  readonly sync: () => Promise<void>;
}

const idleMs = 50;
const longestMs = 5000;

/**
 * Waits until the output of a program that has exited has arrived: normally until it is closed. Children left in the
 * background may keep it open for ever, so it also ends when nothing more comes, and at the latest, while such children
 * keep talking, after five seconds.
 */
export async function drained(output: Draining): Promise<void> {
  const state = { over: false };
  const closed = output.closed.then(() => {
    state.over = true;
  });
  const started = performance.now();
  let quietRounds = 0;
  while (!state.over && quietRounds < 2) {
    const before = output.bytes();
    await Promise.race([closed, pause()]);
    await Promise.race([closed, output.sync()]);
    if (output.paused()) quietRounds = 0;
    else if (performance.now() - started > longestMs) return;
    else quietRounds = output.bytes() === before ? quietRounds + 1 : 0;
  }
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, idleMs));
}
