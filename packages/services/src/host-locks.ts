import { raceSignal } from '@whitebox/core';

/** Host name -> the end of the last work on it that somebody has asked for. */
const queues = new Map<string, Promise<void>>();

/**
 * Does the work when nobody else in this process changes one of these hosts. The names are taken in one order
 * everywhere, so that two never wait for each other.
 */
export async function withHosts<T>(
  names: readonly string[],
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const releases: (() => void)[] = [];
  try {
    for (const name of [...new Set(names)].sort()) releases.push(await take(name, signal));
    return await work();
  } finally {
    for (const release of releases.reverse()) release();
  }
}

async function take(name: string, signal: AbortSignal | undefined): Promise<() => void> {
  const before = queues.get(name) ?? Promise.resolve();
  let release: () => void = () => undefined;
  const mine = new Promise<void>((resolve) => {
    release = resolve;
  });
  // Whoever comes later waits for those before as well, also when this one gives up waiting.
  const end = before.then(() => mine);
  queues.set(name, end);
  void end.then(() => {
    if (queues.get(name) === end) queues.delete(name);
  });
  try {
    await (signal === undefined ? before : raceSignal(before, signal));
  } catch (error) {
    release();
    throw error;
  }
  return release;
}
