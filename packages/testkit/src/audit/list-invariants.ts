import { invariants } from '@whitebox/invariants';

/** An invariant, for people. */
export interface ListedInvariant {
  readonly id: string;
  readonly statement: string;
  /** Layers: "database", "domain XML". */
  readonly reads: readonly string[];
  readonly transience: 'transient' | 'stuck';
  readonly confidence: 'certain' | 'likely';
  /** What an operator would run; words in capitals stand for names. */
  readonly remedy: string;
  readonly links: readonly string[];
  /** "lp#1869804, fixed by Nova 30" */
  readonly knownBugs: readonly string[];
}

/** All that an audit judges, by number. */
export function listInvariants(): readonly ListedInvariant[] {
  return invariants.map(({ id, statement, reads, transience, confidence, remedy, links, knownBugs }) => ({
    id,
    statement,
    reads,
    transience,
    confidence,
    remedy,
    links,
    knownBugs: knownBugs.map(({ bug, fixedBy }) =>
      fixedBy === undefined ? `${bug}, not fixed` : `${bug}, fixed by Nova ${fixedBy}`,
    ),
  }));
}
