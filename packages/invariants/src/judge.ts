import { invariants } from './catalogue.js';
import type { Invariant, Unchecked, Violation } from './invariant.js';
import type { Snapshot } from './snapshot.js';

/** What the invariants say of a snapshot. */
export interface Judgement {
  readonly violations: readonly Violation[];
  /** What could not be looked at. */
  readonly unchecked: readonly Unchecked[];
  /** Invariants that looked at something. */
  readonly looked: readonly string[];
}

/** Holds a snapshot against the invariants. */
export function judge(snapshot: Snapshot, which: readonly Invariant[] = invariants): Judgement {
  const violations: Violation[] = [];
  const unchecked: Unchecked[] = [];
  const looked = new Set<string>();
  for (const invariant of which) {
    const { id } = invariant;
    const transient = invariant.transience === 'transient';
    invariant.judge(snapshot, {
      violated: (subject, { point, expected, found, layers, inFlight, settlesWithinS }) => {
        const where = subject.kind === 'server' && subject.host !== undefined ? ` on ${subject.host}` : '';
        const plain: Violation = {
          id,
          subject,
          point,
          transient: transient || inFlight === true,
          settlesWithinS,
          expected,
          found,
          layers: layers ?? [],
          text: `${id} ${subject.name}${where}: ${point}: expected ${expected}, found ${found}`,
          knownBug: undefined,
        };
        violations.push({ ...plain, knownBug: explained(invariant, plain, snapshot) });
      },
      unread: (subject, missing) => {
        unchecked.push({ id, subject, missing });
      },
      looked: () => {
        looked.add(id);
      },
    });
  }
  return { violations, unchecked, looked: [...looked] };
}

/** Tells a violation from all others, and the same one in a later snapshot. */
export function identityOf({ id, subject, point }: Violation): string {
  return `${id} ${subject.kind} ${subject.id} ${point}`;
}

/** Where the API cannot tell versions apart the bug is taken to be there. */
function explained({ knownBugs }: Invariant, violation: Violation, snapshot: Snapshot): string | undefined {
  const { novaVersions } = snapshot;
  const bug = knownBugs.find(({ fixedBy, when }) => {
    const fixed =
      fixedBy !== undefined && novaVersions.length > 0 && novaVersions.every((version) => version >= fixedBy);
    return !fixed && when(violation, snapshot);
  });
  if (bug === undefined) return undefined;
  return bug.fixedBy === undefined ? `${bug.bug}, not fixed` : `${bug.bug}, fixed by Nova ${bug.fixedBy}`;
}
