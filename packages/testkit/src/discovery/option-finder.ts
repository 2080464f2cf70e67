import {
  describeOrigin,
  discoverySource,
  type GroupName,
  type OptionKey,
  type OptionValue,
  type WhiteboxConfig,
} from '@whitebox/config';
import { Secret } from '@whitebox/core';
import type { CloudFacts } from './cloud-facts.js';
import { computeFinders, databaseFinders, featureFinders, serviceFinders } from './cloud-finders.js';
import type { Finder } from './finder.js';
import { hardwareFinders } from './hardware-finders.js';
import { novaComputeFinders, whiteboxFinders } from './nova-compute-finders.js';

const byGroup = {
  whitebox: whiteboxFinders,
  'whitebox-nova-compute': novaComputeFinders,
  'whitebox-database': databaseFinders,
  'whitebox-hardware': hardwareFinders,
  'compute-feature-enabled': featureFinders,
  compute: computeFinders,
  service_available: serviceFinders,
};

/** Every finder by the name of its option: "[whitebox] cpu_model". */
export const finders: ReadonlyMap<string, Finder<unknown>> = new Map(
  Object.entries(byGroup).flatMap(([group, finders]) =>
    Object.entries(finders).map(([key, finder]) => [nameOf(group, key), finder as Finder<unknown>] as const),
  ),
);

/** What an option is, and who says so. */
export interface KnownOption {
  readonly group: GroupName;
  readonly key: string;
  readonly value: unknown;
  /** said: by a file or the environment; found: in the cloud; default: of Whitebox; unset: nobody has any. */
  readonly kind: 'said' | 'found' | 'default' | 'unset';
  /** For people: "tempest.conf:12", "found from ...", "default". */
  readonly origin: string;
  /** What is found in the cloud where something else is said; or why nothing could be found. */
  readonly note: string | undefined;
  /** Where something is said: what is found in the cloud instead, and from what. */
  readonly found?: { readonly value: unknown; readonly origin: string } | undefined;
}

/** Every option as somebody says it, else as it is found in the cloud, else its default. Each is looked for once. */
export class OptionFinder {
  readonly #config: WhiteboxConfig;
  readonly #facts: CloudFacts;
  readonly #found = new Map<string, Promise<unknown>>();

  constructor(config: WhiteboxConfig, facts: CloudFacts) {
    this.#config = config;
    this.#facts = facts;
  }

  /** The value of an option. Where it cannot be found out, the default of the predecessor holds. */
  async get<G extends GroupName, K extends OptionKey<G>>(group: G, key: K): Promise<OptionValue<G, K>> {
    const { origin } = this.#config.setting(group, key);
    if (origin.kind !== 'discovery') return this.#config.get(group, key);
    const found = await this.#find(group, key).catch(() => undefined);
    return (found ?? origin.fallback) as OptionValue<G, K>;
  }

  /** Every option with its origin; also where what is said differs from what is found. */
  async all(): Promise<KnownOption[]> {
    return Promise.all(this.#config.settings().map(({ group, key }) => this.explain(group, key)));
  }

  /** An option with its origin. */
  async explain(group: GroupName, key: string): Promise<KnownOption> {
    const named = { group, key };
    const { value, origin } = this.#config.setting(group, key as never);
    if (origin.kind !== 'discovery') {
      const said = origin.kind !== 'default' && origin.kind !== 'unset';
      const kind = said ? 'said' : origin.kind;
      const found = said ? await this.#otherwise(group, key, value) : undefined;
      return {
        ...named,
        value,
        kind,
        origin: describeOrigin(origin),
        note: found === undefined ? undefined : `found is ${showValue(found.value)}`,
        ...(found === undefined ? {} : { found }),
      };
    }
    try {
      const found = await this.#find(group, key);
      if (found !== undefined) {
        return {
          ...named,
          value: found,
          kind: 'found',
          origin: `found from ${origin.from}`,
          note: undefined,
        };
      }
      return fallback(named, origin.fallback, `nothing found from ${origin.from}`);
    } catch (error) {
      return fallback(named, origin.fallback, error instanceof Error ? error.message : String(error));
    }
  }

  /** What is found where it differs from what is said; secrets and accounts are not compared. */
  async #otherwise(group: GroupName, key: string, said: unknown): Promise<KnownOption['found']> {
    if (group === 'whitebox-database' || finders.get(nameOf(group, key)) === undefined) return undefined;
    const value = await this.#find(group, key).catch(() => undefined);
    if (value === undefined || showValue(value) === showValue(said)) return undefined;
    return { value, origin: `found from ${discoverySource(group, key) ?? 'the cloud'}` };
  }

  #find(group: GroupName, key: string): Promise<unknown> {
    const name = nameOf(group, key);
    let found = this.#found.get(name);
    if (found === undefined) {
      const finder = finders.get(name);
      found = Promise.resolve(this.#facts).then((facts) => finder?.(facts));
      this.#found.set(name, found);
    }
    return found;
  }
}

function fallback(named: Pick<KnownOption, 'group' | 'key'>, value: unknown, note: string): KnownOption {
  const kind = value === undefined ? 'unset' : 'default';
  return { ...named, value, kind, origin: kind === 'unset' ? 'not set' : 'default', note };
}

function nameOf(group: string, key: string): string {
  return `[${group}] ${key}`;
}

/** A value as tempest.conf would have it. */
export function showValue(value: unknown): string {
  if (value instanceof Map) {
    return [...(value as ReadonlyMap<unknown, unknown>)]
      .map(([key, of]) => `${String(key)}: ${Array.isArray(of) ? `[${of.join(',')}]` : String(of)}`)
      .join(', ');
  }
  if (Array.isArray(value)) return value.join(',');
  if (value instanceof Secret) return '***';
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? `${value}`
    : '';
}
