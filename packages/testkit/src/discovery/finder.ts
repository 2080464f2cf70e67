import type { GroupName, OptionKey, OptionValue } from '@whitebox/config';
import type { CloudFacts } from './cloud-facts.js';

/**
 * How an option is found that nobody says; undefined: there is nothing of that kind, so the fallback holds. What cannot
 * be told (two computes differ, a file cannot be read) is thrown.
 */
export type Finder<T> = (facts: CloudFacts) => T | undefined | Promise<T | undefined>;

/** Finders of some options of a section. */
export type Finders<G extends GroupName> = {
  readonly [K in OptionKey<G>]?: Finder<Exclude<OptionValue<G, K>, undefined>>;
};

/** The one value that there is. @throws Error where there are several */
export function only<T>(values: Iterable<T>, what: string): T | undefined {
  const distinct = [...new Set(values)];
  if (distinct.length > 1) throw new Error(`there are several ${what}: ${distinct.join(', ')}`);
  return distinct[0];
}
