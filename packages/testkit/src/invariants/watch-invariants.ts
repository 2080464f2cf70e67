import { WhiteboxError } from '@whitebox/core';
import type { CloudSession } from '../session.js';
import { currentRecorder, recordedAsLook } from '../recording/current-recorder.js';
import { readSnapshot } from '../snapshot/read-snapshot.js';
import type { InvariantEvidence } from './evidence.js';
import { InvariantWatch } from './invariant-watch.js';

/**
 * The watch over the servers of a case. Whoever observes a run may break the cloud to see what the case says, so then the
 * case has the word, and violations are only kept.
 */
export function watchInvariants(
  session: CloudSession,
  signal: AbortSignal,
  keep: (evidence: InvariantEvidence) => Promise<void>,
  shared: boolean,
): InvariantWatch {
  return new InvariantWatch({
    read: async (scope) => {
      const guests = scope.guests.map(({ name }) => name);
      const snapshot = await recordedAsLook(
        `${guests.length === 0 ? 'no guest' : guests.join(', ')} on ${scope.hosts.join(', ')}, for the invariants`,
        () => readSnapshot(session, scope, signal),
      );
      currentRecorder()?.look(snapshot);
      return snapshot;
    },
    computes: () => session.computes.map(({ name }) => name),
    signal,
    fails: session.observers.length === 0,
    shared,
    keep,
  });
}

/** What the invariants say when a case has failed; a cloud that cannot be read any more must not hide why. */
export async function lastLook(watch: InvariantWatch, step: string): Promise<readonly InvariantEvidence[]> {
  try {
    return await watch.lastLook(step);
  } catch (error) {
    if (error instanceof WhiteboxError || (error instanceof Error && error.name === 'AbortError')) return [];
    throw error;
  }
}
