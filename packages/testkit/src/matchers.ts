import { CpuSet } from '@whitebox/core';
import type { Layers } from './layers.js';

/** What vitest's `expect.extend` takes. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** CPUs in any of the shapes that a case has at hand; text is in Nova's grammar ("1-4,^3"). */
export type Cpus = CpuSet | string;

/**
 * Matchers over CPU sets and placements. An assertion over nothing throws, also behind `.not`: an empty set lies within
 * everything and a guest without pins overlaps with nobody, which is how a check comes to check nothing.
 */
export const matchers = {
  /** Every CPU is one of these. */
  toLieWithin(received: unknown, allowed: Cpus): MatcherResult {
    const cpus = some('toLieWithin', 'received', received);
    const within = some('toLieWithin', 'allowed', allowed);
    return {
      pass: cpus.isSubsetOf(within),
      message: () =>
        `CPUs ${show(cpus)}, expected only some of ${show(within)}: outside are ${show(cpus.difference(within))}`,
    };
  },

  /** Exactly these CPUs. */
  toBeCpus(received: unknown, expected: Cpus): MatcherResult {
    const cpus = some('toBeCpus', 'received', received);
    const wanted = some('toBeCpus', 'expected', expected);
    return { pass: cpus.equals(wanted), message: () => `CPUs ${show(cpus)}, expected ${show(wanted)}` };
  },

  /** No CPU in common. */
  toBeDisjointFrom(received: unknown, others: Cpus): MatcherResult {
    const cpus = some('toBeDisjointFrom', 'received', received);
    const other = some('toBeDisjointFrom', 'other', others);
    return {
      pass: cpus.isDisjointFrom(other),
      message: () => `CPUs ${show(cpus)} and ${show(other)}: in both are ${show(cpus.intersection(other))}`,
    };
  },

  /** Domain XML, inactive XML, database and kernel tell the same story. */
  toAgreeEverywhere(received: Layers): MatcherResult {
    if (received.vacuous !== undefined) {
      throw new Error(
        `toAgreeEverywhere: ${received.vacuous} of ${received.serverName}; there is nothing to agree on`,
      );
    }
    const disagreements = received.disagreements();
    return {
      pass: disagreements.length === 0,
      message: () =>
        disagreements.length === 0
          ? `All layers agree on ${received.serverName}\n${received.table()}`
          : `The layers disagree on ${received.serverName} on ${received.hostName}:\n${disagreements
              .map((line) => `  - ${line}`)
              .join('\n')}\n${received.table()}`,
    };
  },
};

function some(matcher: string, which: string, value: unknown): CpuSet {
  const cpus = typeof value === 'string' ? CpuSet.parse(value) : value;
  if (!(cpus instanceof CpuSet)) {
    throw new TypeError(
      `${matcher}: the ${which} value is ${value === undefined ? 'undefined' : typeof value}, not CPUs`,
    );
  }
  if (cpus.isEmpty)
    throw new Error(
      `${matcher}: the ${which} set of CPUs is empty; an assertion over nothing checks nothing`,
    );
  return cpus;
}

function show(cpus: CpuSet): string {
  return cpus.isEmpty ? 'none' : cpus.toString();
}
