import type { GroupName, OptionKey, OptionValue } from './groups.js';
import type { NodeDescription } from './nodes-yaml.js';

/** Where a value comes from. */
export type Origin =
  | {
      readonly kind: 'file';
      readonly file: string;
      /** Counted from 1. */
      readonly line: number;
      /** The name under which it stands there: the option's own, or an older one. */
      readonly name: string;
    }
  | { readonly kind: 'environment'; readonly variable: string }
  /** Given by the caller of loadConfig. */
  | { readonly kind: 'argument'; readonly name: string }
  | { readonly kind: 'default' }
  /** Nobody says it: it is to be discovered there, and `fallback` holds where that is impossible. */
  | { readonly kind: 'discovery'; readonly from: string; readonly fallback: unknown }
  /** Nobody says it, and there is no default. */
  | { readonly kind: 'unset' };

export interface Setting<T> {
  readonly value: T;
  readonly origin: Origin;
}

export interface NamedSetting extends Setting<unknown> {
  readonly group: GroupName;
  readonly key: string;
}

/** Something that is not wrong, but that the user should know: an older name, an option without effect. */
export interface ConfigNote {
  readonly message: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

export interface ConfigParts {
  readonly settings: ReadonlyMap<string, NamedSetting>;
  readonly nodes: ReadonlyMap<string, NodeDescription>;
  readonly files: readonly string[];
  readonly notes: readonly ConfigNote[];
  readonly cloud: CloudChoice;
}

/** Which cloud of which clouds.yaml; the file itself is read by @whitebox/openstack. */
export interface CloudChoice {
  readonly name: Setting<string | undefined>;
  readonly cloudsYaml: Setting<string | undefined>;
}

/** The configuration of a run: what tempest.conf, nodes.yaml and the caller say, each value with its origin. */
export class WhiteboxConfig {
  /** The hosts of nodes.yaml by name; empty without such a file. */
  readonly nodes: ReadonlyMap<string, NodeDescription>;
  /** The files that were read, in order. */
  readonly files: readonly string[];
  readonly notes: readonly ConfigNote[];
  readonly cloud: CloudChoice;
  readonly #settings: ReadonlyMap<string, NamedSetting>;

  constructor(parts: ConfigParts) {
    this.nodes = parts.nodes;
    this.files = parts.files;
    this.notes = parts.notes;
    this.cloud = parts.cloud;
    this.#settings = parts.settings;
  }

  /** The value of an option; undefined for one that nobody says and that has no default or is to be discovered. */
  get<G extends GroupName, K extends OptionKey<G>>(group: G, key: K): OptionValue<G, K> {
    return this.setting(group, key).value;
  }

  /** The value of an option with its origin. */
  setting<G extends GroupName, K extends OptionKey<G>>(group: G, key: K): Setting<OptionValue<G, K>> {
    const found = this.#settings.get(settingKey(group, key));
    if (found === undefined) throw new TypeError(`there is no option [${group}] ${key}`);
    return found as Setting<OptionValue<G, K>>;
  }

  /** Every option, in the order of the reference. */
  settings(): readonly NamedSetting[] {
    return [...this.#settings.values()];
  }
}

export function settingKey(group: string, key: string): string {
  return `[${group}] ${key}`;
}

/** An origin for people: "/etc/tempest/tempest.conf:12", "default", "to be discovered from ...". */
export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'file':
      return `${origin.file}:${origin.line}`;
    case 'environment':
      return `environment variable ${origin.variable}`;
    case 'argument':
      return origin.name;
    case 'default':
      return 'default';
    case 'discovery':
      return `to be discovered from ${origin.from}`;
    case 'unset':
      return 'not set';
  }
}
