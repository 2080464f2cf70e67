import type { HostPicture } from './pictures/model.js';

/** The results of an audit, as far as its page shows them. */
export interface ReportAudit {
  /** ISO 8601. */
  readonly started: string;
  readonly durationMs: number;
  readonly nova: string;
  readonly hosts: number;
  readonly servers: number;
  readonly invariants: readonly string[];
  readonly findings: readonly ReportFinding[];
  readonly notRead: readonly ReportNotRead[];
}

export interface ReportFinding {
  readonly id: string;
  readonly statement: string;
  readonly subject: {
    readonly kind: 'server' | 'host';
    readonly id: string;
    readonly name: string;
    readonly host: string | undefined;
  };
  readonly point: string;
  readonly expected: string;
  readonly found: string;
  readonly layers: readonly { readonly layer: string; readonly says: string }[];
  readonly transience: 'transient' | 'stuck';
  readonly confidence: 'certain' | 'likely';
  readonly knownBug: string | undefined;
  readonly remedy: string;
  readonly links: readonly string[];
  readonly firstSeen: string;
  readonly lastSeen: string;
}

export interface ReportNotRead {
  readonly host: string | undefined;
  readonly missing: string;
  readonly servers: readonly string[];
  readonly invariants: readonly string[];
  readonly why: readonly string[];
}

export type { HostPicture };
