import type { Violation } from '@whitebox/invariants';

/** How a violation is kept in the results of a case; as JSON the text of an annotation of type `invariant`. */
export interface InvariantEvidence {
  /** "I6" */
  readonly id: string;
  /** One line: whom, what, expected and found. */
  readonly text: string;
  /** Known bug of the release that explains it. */
  readonly knownBug?: string | undefined;
  /** The step after which it was seen, for one that was there before the case: undefined. */
  readonly step?: string | undefined;
}

export function evidenceOf({ id, text, knownBug }: Violation, step?: string): InvariantEvidence {
  return { id, text, knownBug, step };
}

/** The line for people: `invariant I6: ...`. */
export function evidenceLine({ id, text, knownBug }: InvariantEvidence): string {
  const bug = knownBug === undefined ? '' : ` (known bug ${knownBug})`;
  return `invariant ${id}: ${text.replace(new RegExp(`^${id} `), '')}${bug}`;
}
