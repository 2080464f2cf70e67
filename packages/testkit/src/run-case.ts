import { limitSignal, raceSignal, waitUntil, WaitTimeoutError } from '@whitebox/core';
import type { OptionChange } from '@whitebox/services';
import { CleanupStack } from './cleanup.js';
import { Cloud } from './cloud.js';
import { TestkitError } from './errors.js';
import { evidenceLine, type InvariantEvidence } from './invariants/evidence.js';
import { lastLook, watchInvariants } from './invariants/watch-invariants.js';
import type { Missing, Need } from './needs.js';
import { explainedBy, tooOld, type KnownBug } from './release-knowledge.js';
import type { StepKind } from './observer.js';
import { CaseRecorder } from './recording/case-recorder.js';
import { currentRecorder, recordedBy } from './recording/current-recorder.js';
import { logExcerpts, markLogs } from './recording/log-excerpts.js';
import type { CaseRecording } from './recording/model.js';
import type { Claim } from './scheduling/claim.js';
import { configurationKey, configure } from './scheduling/configure.js';
import { KeptConfigurations } from './scheduling/kept-configuration.js';
import { placeAlone, type Placement } from './scheduling/placing.js';
import { roomOf } from './scheduling/room.js';
import { ClaimGuard } from './scheduling/claim-guard.js';
import type { CloudSession } from './session.js';

export interface CaseOptions {
  /** What the case needs of the cloud; checked against what discovery finds, on the real hosts, right before it runs. */
  readonly needs?: readonly Need[] | undefined;
  /** Ids of the predecessor's tests that this case replaces. */
  readonly replaces?: readonly string[] | undefined;
  /** Nova's own version that has what the case is about: 26 for Zed. On an older one the case is skipped, which says so. */
  readonly since?: number | undefined;
  /** Bugs of Nova which the case runs into. Where one is there and shows, the case is skipped, which says so; it never counts as passed. */
  readonly knownBugs?: readonly KnownBug[] | undefined;
  /** What it uses of the cloud; without it the case has the cloud alone. More than that fails it. */
  readonly claim?: Claim | undefined;
  /**
   * What it runs with, set on all of the cloud before its body; only for a case without a claim. Cases that want the same are
   * run after each other, behind one change and one restart.
   */
  readonly configuration?: CaseConfiguration | undefined;
  /** Milliseconds that the body may take; cleaning up has its own time. Default 600 000. */
  readonly timeoutMs?: number | undefined;
}

/** Options of services that a case runs with. */
export interface CaseConfiguration {
  /** Of every nova-api; its need is {@link configurableApi}. */
  readonly api?: readonly OptionChange[] | undefined;
  /** Of nova-compute on all computes. */
  readonly computes?: readonly OptionChange[] | undefined;
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
  /** Whether a known bug of the release fails its case. */
  readonly failKnownBugs: boolean;
  /** Milliseconds that a need gets which may be met in a moment; default 20 000. */
  readonly settleMs?: number | undefined;
  /** Where it is beside others; absent: no other case runs beside it. */
  readonly placement?: Placement | undefined;
  /** What cases keep for each other; absent: nothing. */
  readonly configurations?: KeptConfigurations | undefined;
  /** Ends the case as skipped; never returns. */
  readonly skip: (reason: string) => never;
  readonly step: (text: string, kind?: StepKind) => Promise<void>;
  /** Told on which hosts the servers of the case are, when that changes; for those who look on. */
  readonly hosts?: ((names: readonly string[]) => Promise<void>) | undefined;
  /** Told, when the case fails, what the layers said of its servers when they were looked at last. */
  readonly evidence: (text: string) => Promise<void>;
  /** Told each violated invariant, whether it fails the case or not. */
  readonly invariant: (evidence: InvariantEvidence) => Promise<void>;
  /** Told at the end what was done behind the steps, and what was seen. */
  readonly recording: (recording: CaseRecording) => Promise<void>;
}

const defaultTimeoutMs = 600_000;
const defaultSettleMs = 20_000;

/**
 * Runs one case: needs, body, and the clean-up of all it made in the reverse order, whatever the body did. What it does
 * behind its steps is recorded.
 */
export async function runCase(context: CaseContext, options: CaseOptions, body: CaseBody): Promise<void> {
  const recorder = new CaseRecorder(context.session.redactor);
  const step: CaseContext['step'] = async (text, kind) => {
    recorder.step();
    await context.step(text, kind);
  };
  const logs = markLogs(context.session.computes);
  const run = { failed: true };
  try {
    await recordedBy(recorder, () => runWithin({ ...context, step }, options, body));
    run.failed = false;
  } finally {
    if (run.failed && recorder.hasSteps) recorder.logs(await logExcerpts(logs, recorder.names));
    if (recorder.hasSteps) await context.recording(recorder.finish(run.failed));
  }
}

async function runWithin(context: CaseContext, options: CaseOptions, body: CaseBody): Promise<void> {
  const { configurations = new KeptConfigurations() } = context;
  const key = configurationKey(options);
  await configurations.begin(key);
  const failures: unknown[] = [];
  try {
    await runConfigured({ ...context, configurations }, options, body);
  } catch (error) {
    failures.push(error);
  }
  try {
    if (key !== undefined) await configurations.leave(key, context.signal.aborted);
  } catch (error) {
    failures.push(error);
  }
  throwAll(failures);
}

async function runConfigured(
  context: CaseContext & { readonly configurations: KeptConfigurations },
  options: CaseOptions,
  body: CaseBody,
): Promise<void> {
  const old = tooOld(context.session.release, options.since);
  if (old !== undefined) context.skip(old);
  const shared = context.placement !== undefined;
  // Beside others somebody always gives something back; there the claims keep free what the case needs.
  if (!shared) await context.session.settled(context.signal);
  await checkNeeds(context, options.needs ?? []);
  const cleanup = new CleanupStack();
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const signal = limitSignal({ timeoutMs, signal: context.signal });
  const { session, name, step } = context;
  const capacity = await session.capacity();
  const placement = context.placement ?? placeAlone(options.claim, roomOf(capacity), session.sendsToHosts);
  const invariants = watchInvariants(session, signal, context.invariant, shared);
  const cloudOptions = {
    session,
    testName: name,
    cleanup,
    capacity,
    placement,
    signal,
    step,
    invariants,
    claim: options.claim,
    hosts: context.hosts,
    guard: new ClaimGuard(options.claim, placement, session.database),
  };
  const cloud = new Cloud(cloudOptions);
  const failures: unknown[] = [];
  try {
    await raceSignal(configure(cloudOptions, options, context.configurations), signal);
    await raceSignal(body({ cloud, step }), signal);
    await raceSignal(invariants.settle(cloud.lastStep), signal);
  } catch (error) {
    failures.push(
      signal.aborted && !context.signal.aborted
        ? outOfTime(context.name, timeoutMs, cloud.lastStep, error)
        : error,
    );
    for (const text of cloud.evidence(messageOf(error))) await context.evidence(text);
    for (const evidence of await lastLook(invariants, cloud.lastStep))
      await context.evidence(evidenceLine(evidence));
  }
  const bodyFailed = failures.length > 0;
  currentRecorder()?.givingBack();
  try {
    await cleanup.run();
  } catch (error) {
    failures.push(error);
  }
  if (failures.length === 1 && bodyFailed && !context.signal.aborted && !context.failKnownBugs) {
    const known = explainedBy(options.knownBugs ?? [], session.release, messageOf(failures[0]));
    if (known !== undefined) context.skip(known);
  }
  throwAll(failures);
}

function throwAll(failures: readonly unknown[]): void {
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1)
    throw new AggregateError(failures, failures.map(messageOf).join('\n\nand then, cleaning up:\n'));
}

async function checkNeeds(context: CaseContext, needs: readonly Need[]): Promise<void> {
  for (const need of needs) {
    const missing = await settledNeed(context, need);
    if (missing === undefined) continue;
    const reason = `needs ${need.text}; found ${missing.evidence}`;
    if (!context.requireNeeds) context.skip(reason);
    throw new TestkitError({
      code: 'WB_TESTKIT_NEED',
      action: `check what the case needs`,
      observed: reason,
      advice: 'Give the cloud what is missing, or run without --require to have such cases skipped.',
    });
  }
}

/** A need that may be met in a moment gets that moment. */
async function settledNeed(
  { session, signal, settleMs }: CaseContext,
  need: Need,
): Promise<Missing | undefined> {
  let missing = await need.missing(session);
  try {
    await waitUntil(
      `${need.text} to be free`,
      async () => {
        if (missing?.transient !== true) return { done: true, value: missing };
        missing = await need.missing(session);
        return { done: false, seen: missing?.evidence ?? 'met' };
      },
      { timeoutMs: settleMs ?? defaultSettleMs, intervalMs: 500, signal },
    );
  } catch (error) {
    if (!(error instanceof WaitTimeoutError)) throw error;
  }
  return missing;
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
