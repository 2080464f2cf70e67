import type { FullSnapshot } from '../good-snapshot.js';

/** One way to break a good snapshot, and the line of the only invariant that must notice. */
export type BadSnapshot = readonly [
  id: string,
  what: string,
  change: (s: FullSnapshot) => unknown,
  text: RegExp,
];
