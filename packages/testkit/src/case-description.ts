import type { KnownBug } from './release-knowledge.js';
import type { CaseOptions } from './run-case.js';

/** What a case says of itself before it runs; plain values, which go from the worker to whoever lists it. */
export interface CaseDescription {
  /** What the case needs of the cloud, in words. */
  readonly needs: readonly string[];
  /** Devices without which it cannot run: "SR-IOV NIC". */
  readonly hardware: readonly string[];
  /** Ids of the predecessor's tests that it replaces. */
  readonly replaces: readonly string[];
  /** Nova's own version that has what the case is about. */
  readonly since?: number | undefined;
  readonly knownBugs: readonly Omit<KnownBug, 'shows'>[];
}

export function describeCase({
  needs = [],
  replaces = [],
  since,
  knownBugs = [],
}: CaseOptions): CaseDescription {
  return {
    needs: needs.map(({ text }) => text),
    hardware: [...new Set(needs.flatMap(({ hardware }) => hardware ?? []))],
    replaces,
    ...(since === undefined ? {} : { since }),
    knownBugs: knownBugs.map(({ bug, fixedBy, since, what }) => ({ bug, fixedBy, since, what })),
  };
}
