import type { GuestSnapshot, HostSnapshot, Snapshot } from './snapshot.js';

/** I1 to I46, as the table in the README has them. */
export type InvariantId = `I${number}`;

export type Layer =
  | 'database'
  | 'domain XML'
  | 'inactive XML'
  | 'libvirt'
  | 'kernel'
  | 'Placement'
  | 'Neutron'
  | 'Cinder'
  | 'Barbican'
  | 'configuration';

/** Something that must hold whatever a cloud does. */
export interface Invariant {
  readonly id: InvariantId;
  /** The sentence. */
  readonly statement: string;
  /** Where Nova has the rule. */
  readonly source: string;
  readonly reads: readonly Layer[];
  /** `transient`: Nova itself lets it be broken until its next periodic task, so look again before believing it. */
  readonly transience: 'transient' | 'stuck';
  /** `likely`: there may be a good reason that no layer tells. */
  readonly confidence: 'certain' | 'likely';
  /** What an operator would run, never run by us; words in capitals stand for names. */
  readonly remedy: string;
  /** Sources and bugs. */
  readonly links: readonly string[];
  /** Bugs of Nova that break it. */
  readonly knownBugs: readonly KnownBug[];
  readonly judge: (snapshot: Snapshot, report: Report) => void;
}

export interface KnownBug {
  /** "lp#1869804" */
  readonly bug: string;
  /** Nova's version with the fix; undefined: none yet. */
  readonly fixedBy?: number | undefined;
  /** Which violations are its doing. */
  readonly when: (violation: Violation, snapshot: Snapshot) => boolean;
}

/** Whom it is about. */
export interface Subject {
  readonly kind: 'server' | 'host';
  /** Uuid of a server, name of a host. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** The host where to look. */
  readonly host: string | undefined;
}

export interface Violation {
  readonly id: InvariantId;
  readonly subject: Subject;
  /** What it is about within the subject, "vCPU 1"; with id and subject it tells the same violation in a later snapshot. */
  readonly point: string;
  readonly transient: boolean;
  /** Seconds that Nova itself may take to put it right, where that is another periodic task than the resource tracker's. */
  readonly settlesWithinS: number | undefined;
  readonly expected: string;
  readonly found: string;
  /** What each layer says. */
  readonly layers: readonly LayerSays[];
  /** One line with all of that. */
  readonly text: string;
  /** The bug of Nova that explains it, on a version that has it: "lp#1869804, fixed by Nova 30". */
  readonly knownBug: string | undefined;
}

export interface LayerSays {
  readonly layer: string;
  readonly says: string;
}

/** What could not be looked at, since some layer was not read. */
export interface Unchecked {
  readonly id: InvariantId;
  readonly subject: Subject | undefined;
  readonly missing: string;
}

export interface Found {
  readonly point: string;
  readonly expected: string;
  readonly found: string;
  /** What each layer says; left out: expected and found stand for it. */
  readonly layers?: readonly LayerSays[] | undefined;
  /** Of something that Nova is moving or changing just now: it may pass, whatever else the invariant finds. */
  readonly inFlight?: boolean | undefined;
  /** As of {@link Violation}. */
  readonly settlesWithinS?: number | undefined;
}

/** Told by an invariant what it finds. */
export interface Report {
  violated(subject: Subject, found: Found): void;
  /** Something that it needs was not read. */
  unread(subject: Subject | undefined, missing: string): void;
  /** It was looked at, whether it held or not; an invariant that looks at nothing is not one that holds. */
  looked(subject: Subject): void;
}

export function server(guest: Pick<GuestSnapshot, 'uuid' | 'name' | 'instance'>): Subject {
  return { kind: 'server', id: guest.uuid, name: guest.name, host: guest.instance?.host ?? undefined };
}

export function compute({ name }: Pick<HostSnapshot, 'name'>): Subject {
  return { kind: 'host', id: name, name, host: name };
}
