import { limitSignal, raceSignal } from '@whitebox/core';
import { CleanupStack } from './cleanup.js';
import { Cloud } from './cloud.js';
import { TestkitError } from './errors.js';
import type { Need } from './needs.js';
import type { CloudSession } from './session.js';

export interface CaseOptions {
  /** What the case needs of the cloud; checked against what discovery finds, on the real hosts, right before it runs. */
  readonly needs?: readonly Need[] | undefined;
  /** Ids of the predecessor's tests that this case replaces. */
  readonly replaces?: readonly string[] | undefined;
  /** Milliseconds that the body may take; cleaning up has its own time. Default 600 000. */
  readonly timeoutMs?: number | undefined;
}

/** What a case is given. */
export interface CaseFixtures {
  readonly cloud: Cloud;
  /** Says what the case is about to do; shown as progress and kept in the results. */
  readonly step: (text: string) => Promise<void>;
}

export type CaseBody = (fixtures: CaseFixtures) => Promise<void>;

/** What runs a case: the test framework, or a test of testkit itself. */
export interface CaseContext {
  readonly name: string;
  readonly session: CloudSession;
  readonly signal: AbortSignal;
  readonly requireNeeds: boolean;
  /** Ends the case as skipped; never returns. */
  readonly skip: (reason: string) => never;
  readonly step: (text: string) => Promise<void>;
}

const defaultTimeoutMs = 600_000;

/** Runs one case: needs, body, and the clean-up of all it made in the reverse order, whatever the body did. */
export async function runCase(context: CaseContext, options: CaseOptions, body: CaseBody): Promise<void> {
  await checkNeeds(context, options.needs ?? []);
  const cleanup = new CleanupStack();
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const signal = limitSignal({ timeoutMs, signal: context.signal });
  const cloud = new Cloud({
    session: context.session,
    testName: context.name,
    cleanup,
    signal,
    step: context.step,
  });
  const failures: unknown[] = [];
  try {
    await raceSignal(body({ cloud, step: context.step }), signal);
  } catch (error) {
    failures.push(
      signal.aborted && !context.signal.aborted
        ? outOfTime(context.name, timeoutMs, cloud.lastStep, error)
        : error,
    );
  }
  try {
    await cleanup.run();
  } catch (error) {
    failures.push(error);
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1)
    throw new AggregateError(failures, failures.map(messageOf).join('\n\nand then, cleaning up:\n'));
}

async function checkNeeds(
  { session, requireNeeds, skip }: CaseContext,
  needs: readonly Need[],
): Promise<void> {
  for (const need of needs) {
    const evidence = await need.missing(session);
    if (evidence === undefined) continue;
    const reason = `needs ${need.text}; found ${evidence}`;
    if (!requireNeeds) skip(reason);
    throw new TestkitError({
      code: 'WB_TESTKIT_NEED',
      action: `check what the case needs`,
      observed: reason,
      advice: 'Give the cloud what is missing, or run without --require to have such cases skipped.',
    });
  }
}

function outOfTime(name: string, timeoutMs: number, lastStep: string, cause: unknown): TestkitError {
  return new TestkitError({
    code: 'WB_TESTKIT_TIMEOUT',
    action: `run the case "${name}"`,
    observed: `not done within ${timeoutMs / 1000} s; its last step: ${lastStep}`,
    advice: 'Look at what that step was waiting for in the service logs of the hosts.',
    cause,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
