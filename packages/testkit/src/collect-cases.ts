import { CleanupStack } from './cleanup.js';
import { Cloud } from './cloud.js';
import type { CaseBody, CaseOptions } from './run-case.js';
import { placeAlone } from './scheduling/placing.js';
import { roomOf } from './scheduling/room.js';
import type { CloudSession } from './session.js';

/** A case as its file registers it. */
export interface RegisteredCase {
  readonly name: string;
  readonly options: CaseOptions;
  readonly body: CaseBody;
}

let collecting: RegisteredCase[] | undefined;

/** Where cases go instead of the test framework, while {@link collectCases} loads a file. */
export function collector(): RegisteredCase[] | undefined {
  return collecting;
}

/**
 * The cases of files, without registering them: to try a case on a cloud that is not real.
 *
 * @param load imports the files for the first time: `() => import('./cases/vgpu.js')`
 */
export async function collectCases(load: () => Promise<unknown>): Promise<readonly RegisteredCase[]> {
  const cases: RegisteredCase[] = [];
  collecting = cases;
  try {
    await load();
  } finally {
    collecting = undefined;
  }
  return cases;
}

/**
 * Runs a case on a session that is not real: needs, body and clean-up. Without invariants: what a made-up cloud leaves out would
 * violate them.
 *
 * @throws Error with the need that is not met, and whatever the body throws
 */
export async function tryCase(session: CloudSession, { name, options, body }: RegisteredCase): Promise<void> {
  for (const need of options.needs ?? []) {
    const missing = await need.missing(session);
    if (missing !== undefined) throw new Error(`needs ${need.text}; found ${missing.evidence}`);
  }
  const cleanup = new CleanupStack();
  const step = (): Promise<void> => Promise.resolve();
  const capacity = await session.capacity();
  const cloud = new Cloud({
    session,
    testName: name,
    cleanup,
    capacity,
    placement: placeAlone(options.claim, roomOf(capacity), session.sendsToHosts),
    signal: new AbortController().signal,
    step,
    invariants: { begin: step, watch: () => undefined, afterStep: step },
  });
  try {
    await body({ cloud, step });
  } finally {
    await cleanup.run();
  }
}
