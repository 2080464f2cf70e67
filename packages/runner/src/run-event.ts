import type { CaseFailure, Verdict } from './case-result.js';
import type { FlakyCase, RunResults } from './results.js';
import type { ShardNote } from './shard.js';
import type { TurnNote } from './together-protocol.js';

/** Of the events of `whitebox run --json`; grows when one is taken away or means something else, not when one is added. */
export const eventFormat = 1;

/** What `whitebox run --json` tells, one in each line of standard output; docs/events.md is made from these. */
export type RunEvent =
  | RunStartedEvent
  | CaseStartedEvent
  | CaseStepEvent
  | CaseHostsEvent
  | CaseEndedEvent
  | TroubleEvent
  | RunEndedEvent;

/** The first one: the cloud answers, and the cases are about to run. */
export interface RunStartedEvent {
  readonly type: 'run-started';
  readonly at: string;
  readonly format: typeof eventFormat;
  readonly runId: string;
  readonly cloud: string;
  readonly suites: RunResults['suites'];
  readonly cases?: number | undefined;
  readonly shard?: ShardNote | undefined;
  readonly repeat: number;
  readonly jobs: number;
  readonly seed?: number | undefined;
  readonly facts: readonly string[];
  readonly warnings: readonly string[];
}

export interface CaseStartedEvent {
  readonly type: 'case-started';
  readonly at: string;
  readonly suite: string;
  readonly id: string;
  readonly testId: string;
  readonly name: string;
  readonly attempt?: number | undefined;
  readonly turn?: TurnNote | undefined;
}

export interface CaseStepEvent {
  readonly type: 'case-step';
  readonly at: string;
  readonly id: string;
  readonly attempt?: number | undefined;
  readonly atMs: number;
  readonly text: string;
  readonly kind?: string | undefined;
}

export interface CaseHostsEvent {
  readonly type: 'case-hosts';
  readonly at: string;
  readonly id: string;
  readonly attempt?: number | undefined;
  readonly hosts: readonly string[];
}

export interface CaseEndedEvent {
  readonly type: 'case-ended';
  readonly at: string;
  readonly suite: string;
  readonly id: string;
  readonly testId: string;
  readonly name: string;
  readonly attempt?: number | undefined;
  readonly verdict: Verdict;
  readonly started: string;
  readonly durationMs: number;
  readonly turn?: TurnNote | undefined;
  readonly reason?: string | undefined;
  readonly failures: readonly CaseFailure[];
  readonly evidence: readonly string[];
}

export interface TroubleEvent {
  readonly type: 'trouble';
  readonly at: string;
  readonly message: string;
}

/** The last one. */
export interface RunEndedEvent {
  readonly type: 'run-ended';
  readonly at: string;
  readonly exitCode: number;
  readonly durationMs: number;
  readonly counts: RunResults['counts'];
  readonly interrupted: boolean;
  readonly flaky: readonly FlakyCase[];
  readonly troubles: readonly string[];
  readonly leftovers: readonly string[];
  readonly files: RunFiles;
}

/** Absolute paths. */
export interface RunFiles {
  readonly results: string;
  readonly html: string;
  readonly junit: string;
  readonly subunit: string;
  readonly stestr: string;
  readonly log: string;
}
