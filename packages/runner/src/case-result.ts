import type { CaseDescription, CaseRecording, InvariantEvidence } from '@whitebox/testkit';

import type { TurnNote } from './together-protocol.js';

export type Verdict = 'passed' | 'failed' | 'skipped';

/** One case as it ended. */
export interface CaseResult {
  readonly suite: string;
  /** Suite, file and name; the same from run to run. */
  readonly id: string;
  /** The same as Tempest would have it: "whitebox_nova_nfv_suite.cpu_policy.two_guests_share_none[id-0c1d...]". */
  readonly testId: string;
  readonly name: string;
  /** Which of the repetitions of a case this is, counted from 1; absent where cases run once. */
  readonly attempt?: number | undefined;
  readonly verdict: Verdict;
  /** When it began, or was skipped: "2026-11-23T05:00:00.000Z". */
  readonly started: string;
  /** Milliseconds from the start of the case to the end of its clean-up; 0 when skipped. */
  readonly durationMs: number;
  /** Where cases run side by side: what it claimed, and how long it waited for its turn. */
  readonly turn?: TurnNote | undefined;
  /** Why it was skipped: the need that was not met and what discovery found. */
  readonly reason?: string | undefined;
  readonly failures: readonly CaseFailure[];
  /** What the case did, in order. */
  readonly steps: readonly CaseStep[];
  /** Of a case that failed: what the layers said of its servers, a table each. */
  readonly evidence: readonly string[];
  /** Of a case that failed: the end of what it and its libraries printed. */
  readonly output?: string | undefined;
  /** Invariants that did not hold, whether the case failed over them or not. */
  readonly invariants: readonly InvariantEvidence[];
  /** What was done behind the steps, and what was seen; absent where a case was skipped before its first step. */
  readonly recording?: CaseRecording | undefined;
}

export interface CaseFailure {
  readonly message: string;
  readonly stack?: string | undefined;
  /** Where in the suite: "dist/cases/cpu-policy.js:98". */
  readonly at?: string | undefined;
  /** The line of code there. */
  readonly code?: string | undefined;
}

export interface CaseStep {
  /** Milliseconds since the case began. */
  readonly atMs: number;
  readonly text: string;
  /** What it does: "boot", "live-migrate", "configure"; absent where the case only says something. */
  readonly kind?: string | undefined;
}

/** A case as it is listed, before it runs. */
export interface CaseListing extends CaseDescription {
  readonly suite: string;
  readonly id: string;
  /** The id in the form of Tempest; see {@link CaseResult.testId}. */
  readonly testId: string;
  readonly name: string;
}
