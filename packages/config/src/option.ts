import type { ValueType } from './schema.js';

export interface OlderName {
  readonly section: string;
  readonly key: string;
}

/** One option of tempest.conf that Whitebox reads; `T` is what a reader of the configuration gets. */
export interface Option<T> {
  readonly type: ValueType<unknown>;
  /** What holds when no file says anything. */
  readonly default: T;
  readonly help: string;
  readonly older: readonly OlderName[];
  /** Where the value is found when no file says it. Then `default` is undefined. */
  readonly discoveredFrom: string | undefined;
  /** What holds when it cannot be discovered. */
  readonly fallback: unknown;
  /** An option of the same section that names a file with the value. */
  readonly fileOption: string | undefined;
}

interface Extras {
  readonly older?: readonly OlderName[];
  readonly fileOption?: string;
}

function make<T>(
  facts: Pick<Option<T>, 'type' | 'default' | 'help'> & Partial<Option<T>>,
  { older = [], fileOption }: Extras,
): Option<T> {
  return { discoveredFrom: undefined, fallback: undefined, ...facts, older, fileOption };
}

/** An option with a default of its own. */
export function withDefault<T>(type: ValueType<T>, value: T, help: string, extras: Extras = {}): Option<T> {
  return make<T>({ type, default: value, help }, extras);
}

/** An option that may stay unsaid. */
export function optional<T>(type: ValueType<T>, help: string, extras: Extras = {}): Option<T | undefined> {
  return make<T | undefined>({ type, default: undefined, help }, extras);
}

/** An option that overrides what would be found in the cloud itself. */
export function discovered<T>(
  type: ValueType<T>,
  from: string,
  fallback: T | undefined,
  help: string,
  extras: Extras = {},
): Option<T | undefined> {
  return make<T | undefined>({ type, default: undefined, discoveredFrom: from, fallback, help }, extras);
}

/** A section of tempest.conf. */
export interface OptionGroup {
  readonly title: string;
  /** True for sections that belong to Whitebox alone: an unknown name there is a mistake. */
  readonly owned: boolean;
  readonly options: Readonly<Record<string, Option<unknown>>>;
  /** Names of older releases that mean nothing any more, and what took their place. */
  readonly obsolete: Readonly<Record<string, string>>;
}
