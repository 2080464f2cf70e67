import type { CloudSession, Step, StepKind } from '@whitebox/testkit';

/** What a fault breaks first; what shows it may be another. */
export type Layer =
  | 'domain XML'
  | 'inactive XML'
  | 'database'
  | 'Placement'
  | 'kernel'
  | 'configuration'
  | 'host file'
  | 'guest'
  | 'Nova code'
  | 'service';

/** One way to break a cloud behind the back of its API, at one moment of one case, and what the case must then say. */
export interface Fault {
  /** Name of the case. A case may have several faults; each is tried in a run of its own. */
  readonly testName: string;
  /** What is broken, for people. */
  readonly what: string;
  readonly layer: Layer;
  /** Where Nova broke like that: "lp#1890501". */
  readonly source?: string | undefined;
  /** After (or, where `before` is set, before) the nth step of this kind, counted from 1. */
  readonly step: StepKind;
  readonly nth?: number | undefined;
  readonly before?: boolean | undefined;
  readonly break: Break;
  /** What the failure of the case must match: the case must fail for this reason and no other. */
  readonly expects: RegExp;
}

export type Break = (step: Step, session: CloudSession) => Promise<void>;
