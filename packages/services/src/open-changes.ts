import { anySignal } from '@whitebox/core';
import type { Change } from './transaction.js';

const open = new Set<Change>();
const beingMade = new Set<Promise<unknown>>();
let leaving = new AbortController();

/** Makes a change that is known to {@link leaveChanges} from its first moment until it is given back. */
export async function making<T extends Change>(
  signal: AbortSignal | undefined,
  make: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const made = make(signal === undefined ? leaving.signal : anySignal([signal, leaving.signal]));
  beingMade.add(made);
  try {
    const change = await made;
    open.add(change);
    return change;
  } finally {
    beingMade.delete(made);
  }
}

export function forget(change: Change): void {
  open.delete(change);
}

/** Changes of this process that are open or being made. */
export function countChanges(): number {
  return open.size + beingMade.size;
}

/**
 * Makes no new changes, gives up those that are being made (which gives them back) and gives back the open ones, the
 * latest first. Returns why that failed, where it did.
 */
export async function leaveChanges(reason: Error): Promise<readonly unknown[]> {
  leaving.abort(reason);
  await Promise.allSettled(beingMade);
  const problems: unknown[] = [];
  for (const change of [...open].reverse()) {
    try {
      await change.giveBack();
    } catch (error) {
      problems.push(error);
    }
  }
  return problems;
}

/** Changes can be made again: nobody leaves any more. */
export function stay(): void {
  leaving = new AbortController();
}
