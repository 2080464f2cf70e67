import type { HostPicture } from './pictures/model.js';

/** A run as `results.json` has it. */
export interface ReportRun {
  /** ISO 8601 in UTC. */
  readonly started: string;
  readonly durationMs: number;
  readonly suites: readonly { readonly name: string; readonly version: string }[];
  readonly counts: { readonly passed: number; readonly failed: number; readonly skipped: number };
  readonly repeat?: number | undefined;
  readonly flaky?:
    readonly { readonly id: string; readonly passed: number; readonly failed: number }[] | undefined;
  readonly interrupted: boolean;
  /** What the cloud is, a line each: its release, its hosts. */
  readonly facts?: readonly string[] | undefined;
  readonly warnings: readonly string[];
  /** What went wrong outside of any case. */
  readonly troubles: readonly string[];
  /** What could not be given back to the cloud. */
  readonly leftovers: readonly string[];
  readonly cases: readonly ReportCase[];
}

export interface ReportCase {
  readonly suite: string;
  /** "@whitebox/nova-nfv-suite/cpu-policy > a sentence" */
  readonly id: string;
  readonly name: string;
  readonly attempt?: number | undefined;
  readonly verdict: 'passed' | 'failed' | 'skipped';
  /** When it began, ISO 8601 in UTC; absent in results of a Whitebox that did not record it. */
  readonly started?: string | undefined;
  readonly durationMs: number;
  /** Where cases ran side by side. */
  readonly turn?: ReportTurn | undefined;
  /** Why it was skipped. */
  readonly reason?: string | undefined;
  readonly failures: readonly ReportFailure[];
  readonly steps: readonly ReportStep[];
  /** What the layers said of its servers, a text each. */
  readonly evidence?: readonly string[] | undefined;
  readonly invariants?: readonly ReportInvariant[] | undefined;
  /** The end of what it printed. */
  readonly output?: string | undefined;
  readonly recording?: ReportRecording | undefined;
}

/** How a case came to its turn. */
export interface ReportTurn {
  /** Milliseconds in the queue; no part of the time that the case took. */
  readonly waitedMs: number;
  /** What it claimed; null: the whole cloud, alone. */
  readonly claim: {
    readonly dedicatedCpus?: number | undefined;
    readonly cells?: number | undefined;
    readonly exclusive?: readonly string[] | undefined;
  } | null;
  /** Names of the hosts that it had to itself. */
  readonly own?: readonly string[] | undefined;
}

export interface ReportFailure {
  readonly message: string;
  readonly stack?: string | undefined;
  /** "dist/cases/cpu-policy.js:98" */
  readonly at?: string | undefined;
  /** The line of code there. */
  readonly code?: string | undefined;
}

export interface ReportStep {
  /** Milliseconds since the case began. */
  readonly atMs: number;
  readonly text: string;
  /** "boot", "live-migrate", "configure", ... */
  readonly kind?: string | undefined;
}

export interface ReportInvariant {
  readonly id: string;
  readonly text: string;
  readonly knownBug?: string | undefined;
  /** The step after which it was seen; undefined: it was so before the case. */
  readonly step?: string | undefined;
}

/** What was done behind the steps of a case, and what was seen. */
export interface ReportRecording {
  readonly activities: readonly ReportActivity[];
  /** How many activities did not fit. */
  readonly dropped: number;
  readonly looks: readonly ReportLook[];
  readonly documents: readonly ReportDocument[];
  readonly logs: readonly ReportLog[];
}

/** A command, a statement or a request, or a look at all layers; the same one several times during a step is one. */
export interface ReportActivity {
  readonly kind: 'command' | 'sql' | 'request' | 'file' | 'look' | 'wait';
  /** Position in the list of steps; -1: before the first, the number of steps: while everything was given back. */
  readonly step: number;
  /** Milliseconds since the case began. */
  readonly atMs: number;
  /** Milliseconds that it took, all times together. */
  readonly ms: number;
  /** The machine, the database, the service. */
  readonly where: string;
  /** "virsh dumpxml ...", "SELECT ...", "GET /servers/..." */
  readonly what: string;
  /** "exit 1", "3 rows", "202"; of the last time. */
  readonly outcome: string;
  readonly failed: boolean;
  /** Of a request: what the logs of the services have. */
  readonly requestId?: string | undefined;
  readonly times: number;
  readonly output?: string | undefined;
}

/** Hosts and the guests of the case on them, after a step. */
export interface ReportLook {
  readonly step: number;
  readonly hosts: readonly HostPicture[];
}

/** A text that is compared from step to step: the XML of a domain, the rows of a server. */
export interface ReportDocument {
  /** "instance-0000002a on compute1: domain XML" */
  readonly title: string;
  /** Each text that differs from the one before it, with the step after which it was read. */
  readonly versions: readonly { readonly step: number; readonly text: string }[];
}

/** What a service logged while the case ran. */
export interface ReportLog {
  /** "nova-compute on compute1" */
  readonly title: string;
  readonly lines: readonly string[];
  /** How many lines are left out. */
  readonly dropped: number;
}
