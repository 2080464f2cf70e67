import type { LayerSays, Subject } from '@whitebox/invariants';
import type { Sent } from './sent.js';

/** Something that does not hold in a cloud. */
export interface AuditFinding {
  /** "I6" */
  readonly id: string;
  /** What should hold. */
  readonly statement: string;
  readonly subject: Subject;
  /** What it is about within the subject: "vCPU 1". */
  readonly point: string;
  readonly expected: string;
  readonly found: string;
  /** What each layer says. */
  readonly layers: readonly LayerSays[];
  /** One line with all of that. */
  readonly text: string;
  /** `transient`: Nova's periodic tasks put such a thing right, but have not. `stuck`: nothing puts it right by itself. */
  readonly transience: 'transient' | 'stuck';
  readonly confidence: 'certain' | 'likely';
  /** The known bug of this release that explains it. */
  readonly knownBug: string | undefined;
  /** What an operator would run. */
  readonly remedy: string;
  readonly links: readonly string[];
  /** When it was seen first and last; ISO 8601. */
  readonly firstSeen: string;
  readonly lastSeen: string;
}

/** Something that was not looked at, so that nothing can be said of it. */
export interface NotRead {
  /** The host; undefined: it is of no host. */
  readonly host: string | undefined;
  /** "its domain XML", "the configuration of nova-compute" */
  readonly missing: string;
  /** Names of the servers of which it is missing; empty: it is the host's. */
  readonly servers: readonly string[];
  /** Invariants that could not be judged for want of it. */
  readonly invariants: readonly string[];
  /** Why, as far as that is known; one sentence each. */
  readonly why: readonly string[];
}

export interface AuditResults {
  /** ISO 8601. */
  readonly started: string;
  readonly durationMs: number;
  /** "zed (compute API 2.93)" */
  readonly nova: string;
  /** How many were looked at. */
  readonly hosts: number;
  readonly servers: number;
  /** What was looked for. */
  readonly invariants: readonly string[];
  /** Those of them that there was something to look at for. */
  readonly judged: readonly string[];
  readonly findings: readonly AuditFinding[];
  readonly notRead: readonly NotRead[];
  /** What the cloud was asked: how many commands and files of its hosts, statements, requests; connections to be carried on. */
  readonly sent: Readonly<Record<Sent['kind'], number>>;
}
