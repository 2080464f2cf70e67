import type { ParallelRun } from '../run-context.js';
import type { CloudSession } from '../session.js';
import { undirected } from './placing.js';
import { roomOf } from './room.js';
import type { Candidate } from './schedule.js';
import { Turns, type Turn } from './turns.js';

/** One schedule for all files of a run: they share a worker and a session. */
let opening: Promise<Turns> | undefined;

/** Waits for the turn of a case. The CPUs that it claimed are free for others once Nova accounts for them as given back. */
export async function takeTurn(
  session: CloudSession,
  { jobs, seed }: ParallelRun,
  candidate: Candidate,
  signal: AbortSignal,
): Promise<Turn> {
  opening ??= openTurns(session, jobs, seed);
  const claim = session.sendsToHosts ? candidate.claim : undirected(candidate.claim);
  const turn = await (await opening).take({ ...candidate, claim }, signal);
  if (claim !== undefined && (claim.dedicatedCpus ?? 0) === 0) return turn;
  return {
    ...turn,
    release: () => {
      void session
        .settled(signal)
        .catch(() => undefined)
        .then(turn.release);
    },
  };
}

async function openTurns(session: CloudSession, jobs: number, seed: number): Promise<Turns> {
  await session.settled(new AbortController().signal);
  const { compute, volumes } = session.openstack;
  // A cloud without Cinder has no case that claims volumes.
  const ofVolumes = await volumes.limits().catch(() => ({}));
  const limits = { ...ofVolumes, ...(await compute.limits()) };
  return new Turns({ room: roomOf(await session.capacity(), limits), jobs, seed });
}
