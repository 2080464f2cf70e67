import { IniDocument, type IniOccurrence } from './ini-document.js';
import { normalSection } from './item-lines.js';
import { IniError } from './ini-error.js';
import { interpolate } from './interpolation.js';
import { findPlacement, type Placement, type PlacementRequest } from './placement.js';

export interface ConfigText {
  readonly file: string;
  /** Bytes have to be UTF-8. */
  readonly text: string | Uint8Array;
}

/** What a service reads, in its order: a file, or a directory with its `*.conf` files in the order of their names. */
export type ConfigSource = ConfigText | { readonly dir: string; readonly files: readonly ConfigText[] };

export interface OptionName {
  readonly section: string;
  readonly key: string;
}

export interface ChainOptions {
  /** What the service's code says when no file does; used for references in values only. */
  readonly defaults?: ((section: string, key: string) => string | undefined) | undefined;
}

/** The value that a service takes for an option. */
export interface EffectiveValue {
  /** For an option with one value: the last one of the last file that has it, interpolated. */
  readonly value: string;
  /** For a repeated option (MultiStrOpt): those of all files in order, interpolated where that is possible. */
  readonly values: readonly string[];
  /** `value` as it is written. */
  readonly raw: string;
  /** The name under which `value` was found: the option's own, or a deprecated one. */
  readonly name: OptionName;
  readonly file: string;
  readonly line: number;
  /** What would be in force without it, next one first. */
  readonly overrides: readonly IniOccurrence[];
  /**
   * References of `value` that no file and no default answers. They stay as written; the service itself puts the
   * default of its code there.
   */
  readonly unresolved: readonly string[];
}

/**
 * The configuration of one service: its files in the order in which it reads them. A later file wins over an earlier one,
 * and within a file the last occurrence wins (`_Namespace._get_file_value` of oslo_config/cfg.py).
 *
 * Outside of the chain are command-line options (`--debug`) and environment variables (`OS_<GROUP>__<OPTION>`) of the
 * process, which win over all files.
 */
export class ConfigChain {
  /** Every file in order, those of directories included. */
  readonly documents: readonly IniDocument[];
  readonly #sources: readonly {
    readonly dir: string | undefined;
    readonly documents: readonly IniDocument[];
  }[];
  readonly #defaults: (section: string, key: string) => string | undefined;

  private constructor(
    sources: readonly { readonly dir: string | undefined; readonly documents: readonly IniDocument[] }[],
    options: ChainOptions,
  ) {
    this.#sources = sources;
    this.documents = sources.flatMap(({ documents }) => documents);
    this.#defaults = options.defaults ?? (() => undefined);
  }

  /**
   * @param sources in the order in which the service reads them; a document needs its `file` to be named in answers.
   * @throws {IniError} where oslo.config would refuse one of the files.
   */
  static of(sources: readonly (ConfigSource | IniDocument)[], options: ChainOptions = {}): ConfigChain {
    const parse = ({ file, text }: ConfigText) => IniDocument.parse(text, { file });
    return new ConfigChain(
      sources.map((source) => {
        if (source instanceof IniDocument) return { dir: undefined, documents: [source] };
        if ('dir' in source) return { dir: source.dir, documents: source.files.map(parse) };
        return { dir: undefined, documents: [parse(source)] };
      }),
      options,
    );
  }

  /**
   * The value in force, or undefined when no file sets the option.
   *
   * @param deprecated older names of the option, best first. Within one file the newer name wins, but a later file with
   * an old name wins over an earlier one with the new name.
   * @throws {IniError} `WB_INI_REFERENCE_LOOP` when values refer to each other in a circle.
   */
  effective(
    section: string,
    key: string,
    deprecated: readonly OptionName[] = [],
  ): EffectiveValue | undefined {
    const found = this.#find([{ section, key }, ...deprecated]);
    const winner = found[0]?.at(-1);
    if (winner === undefined) return undefined;
    const unresolved = new Set<string>();
    const [, ...overrides] = found.flatMap((occurrences) => occurrences.toReversed());
    return {
      value: this.#resolve(winner, section, [], unresolved),
      values: found
        .toReversed()
        .flat()
        .map((each) => this.#resolveOrLeave(each, section)),
      raw: winner.value,
      name: { section: winner.section, key: winner.key },
      file: winner.file ?? '',
      line: winner.line,
      overrides,
      unresolved: [...unresolved],
    };
  }

  /** Where a change of the option belongs so that it is in force afterwards; undefined when there is nothing to write to. */
  placement(section: string, key: string, request: PlacementRequest = {}): Placement | undefined {
    return findPlacement(this.#sources, [{ section, key }, ...(request.deprecated ?? [])], request);
  }

  /** Occurrences by file and name, the strongest first; within one, in the order of the file. */
  #find(names: readonly OptionName[]): IniOccurrence[][] {
    return this.documents
      .toReversed()
      .flatMap((document) => names.map((name) => document.occurrences(name.section, name.key)))
      .filter((occurrences) => occurrences.length > 0);
  }

  /** `path` holds the options whose values are being resolved, outermost first. */
  #resolve(from: IniOccurrence, section: string, path: readonly string[], unresolved: Set<string>): string {
    const own = label(section, from.key);
    if (path.includes(own)) throw loop([...path, own], from);
    return interpolate(from.value, (reference) => {
      const value = this.#lookUp(reference, section, [...path, own], unresolved);
      if (value === undefined) unresolved.add(reference);
      return value;
    });
  }

  /** For values that are perhaps not in force: a circle among them is nobody's problem. */
  #resolveOrLeave(from: IniOccurrence, section: string): string {
    try {
      return this.#resolve(from, section, [], new Set());
    } catch (error) {
      if (error instanceof IniError) return from.value;
      throw error;
    }
  }

  /** ConfigOpts.StrSubWrapper: `group.name` in that group, `name` in the group of the value; then in DEFAULT. */
  #lookUp(
    reference: string,
    section: string,
    path: readonly string[],
    unresolved: Set<string>,
  ): string | undefined {
    const dot = reference.indexOf('.');
    // DEFAULT is no group of oslo.config: `${DEFAULT.name}` is an error there.
    if (reference.slice(0, dot) === 'DEFAULT') return undefined;
    const first =
      dot < 0
        ? { section, key: reference }
        : { section: reference.slice(0, dot), key: reference.slice(dot + 1) };
    for (const name of [first, { section: 'DEFAULT', key: reference }]) {
      const winner = this.#find([name])[0]?.at(-1);
      if (winner !== undefined) return this.#resolve(winner, name.section, path, unresolved);
      const inCode = this.#defaults(name.section, name.key);
      if (inCode !== undefined) return inCode;
    }
    return undefined;
  }
}

function label(section: string, key: string): string {
  return `[${normalSection(section)}] ${key}`;
}

function loop(path: readonly string[], at: IniOccurrence): IniError {
  return new IniError({
    code: 'WB_INI_REFERENCE_LOOP',
    action: `find the value of ${path[0] ?? ''}`,
    observed: `values refer to each other in a circle: ${path.join(' -> ')}`,
    advice: `Give one of them a plain value; the last one is set at ${at.file ?? 'the configuration'}:${at.line}.`,
    file: at.file,
    line: at.line,
  });
}
