import type { IniError } from './ini-error.js';
import {
  changedLines,
  commonEnds,
  isOption,
  linesOf,
  linesWithNewOption,
  normalSection,
  placesOf,
} from './item-lines.js';
import { assertEditable, assertKey, assertSection, assertWritable } from './option-lines.js';
import { parseItems, type Item, type OptionItem } from './oslo-grammar.js';
import { decodeUtf8, encodeUtf8 } from './utf8.js';

/** Where an option stands in a file, and what it says there. */
export interface IniOccurrence {
  /** As written between the brackets. */
  readonly section: string;
  readonly key: string;
  /** As oslo.config reads it: one pair of outer quotes taken away, continuation lines joined by LF, `$` not interpolated. */
  readonly value: string;
  readonly file: string | undefined;
  /** Line of the option's name, counted from 1. */
  readonly line: number;
  /** Its last continuation line, or `line`. */
  readonly lastLine: number;
}

export interface ParseOptions {
  /** Named in errors and in what {@link IniDocument.occurrences} tells. */
  readonly file?: string | undefined;
  /**
   * Keep what oslo.config refuses instead of throwing, and list it in `problems`: lines, and bytes that are no UTF-8 (in
   * texts these are lone surrogates U+DC80 to U+DCFF). Such a document can be read and written back, but not edited.
   * Default false.
   */
  readonly tolerant?: boolean | undefined;
}

/**
 * A configuration file of oslo.config with every byte of it: comments, blank lines, order, repeated options, continuation
 * lines and line endings stay as they are, and a change touches the lines of that option alone.
 *
 * Sections are found as oslo.config finds them: without regard to case, except that `DEFAULT` is written in capitals
 * (`_normalize_group_name` in oslo_config/cfg.py). Options are found by their exact name.
 */
export class IniDocument {
  readonly file: string | undefined;
  /** What oslo.config refuses, bytes first, then lines in their order; always empty unless parsed `tolerant`. */
  readonly problems: readonly IniError[];
  #items: readonly Item[];

  private constructor(file: string | undefined, items: readonly Item[], problems: readonly IniError[]) {
    this.file = file;
    this.#items = items;
    this.problems = problems;
  }

  /**
   * Reads a text as oslo_config/iniparser.py does. `toString()` gives it back unchanged, `toBytes()` the bytes. Bytes have to
   * be UTF-8, as for Python; hand them in as they are rather than as a text that was decoded with replacement characters.
   *
   * @throws {IniError} with line and column where oslo.config would refuse the file (`WB_INI_NO_SEPARATOR`,
   * `WB_INI_KEY_EMPTY`, `WB_INI_SECTION_NOT_CLOSED`, `WB_INI_SECTION_EMPTY`, `WB_INI_STRAY_CONTINUATION`, `WB_INI_NO_SECTION`, `WB_INI_NOT_UTF8`).
   */
  static parse(content: string | Uint8Array, options: ParseOptions = {}): IniDocument {
    const { text, problem } =
      typeof content === 'string' ? { text: content, problem: undefined } : decodeUtf8(content, options.file);
    const parsed = parseItems(text, options.file);
    const problems = problem === undefined ? parsed.problems : [problem, ...parsed.problems];
    if (problems[0] !== undefined && options.tolerant !== true) throw problems[0];
    return new IniDocument(options.file, parsed.items, problems);
  }

  /** The file's text. */
  toString(): string {
    return linesOf(this.#items).join('');
  }

  /** The file's bytes, for writing it back. */
  toBytes(): Uint8Array {
    return encodeUtf8(this.toString());
  }

  /** Names of the sections in the order of their first appearance, as written there. */
  sections(): string[] {
    const names = new Map<string, string>();
    for (const item of this.#items) {
      if (item.kind !== 'section') continue;
      const normal = normalSection(item.section);
      if (!names.has(normal)) names.set(normal, item.section);
    }
    return [...names.values()];
  }

  /** Names of the options in a section, each once, in the order of their first appearance. */
  options(section: string): string[] {
    const wanted = normalSection(section);
    const found = this.#items.filter(
      (item): item is OptionItem => item.kind === 'option' && normalSection(item.section) === wanted,
    );
    return [...new Set(found.map(({ key }) => key))];
  }

  /** The value that a single-valued option takes from this file: the last one. */
  get(section: string, key: string): string | undefined {
    return this.occurrences(section, key).at(-1)?.value;
  }

  /** All values of a repeated option (oslo.config's MultiStrOpt) in the order of the file. */
  getAll(section: string, key: string): string[] {
    return this.occurrences(section, key).map(({ value }) => value);
  }

  /** Every place where the option is set, in the order of the file. */
  occurrences(section: string, key: string): IniOccurrence[] {
    const found: IniOccurrence[] = [];
    let line = 1;
    for (const item of this.#items) {
      if (isOption(item, section, key)) {
        found.push({
          section: item.section,
          key,
          value: item.value,
          file: this.file,
          line,
          lastLine: line + item.lines.length - 1,
        });
      }
      line += item.lines.length;
    }
    return found;
  }

  /**
   * Gives the option exactly this value, or exactly these values in this order; none removes it. Occurrences that already
   * say so are not touched, others are rewritten in their place with separator and indentation kept. A new option goes
   * behind the last one of its section, a new section to the end of the file.
   *
   * A value of several lines becomes continuation lines; one that begins or ends with blanks or is itself in quotes gets
   * a pair of quotes, which oslo.config takes away. So `get` and oslo.config return just what was set.
   *
   * @throws {IniError} `WB_INI_BAD_VALUE`, `WB_INI_BAD_KEY` or `WB_INI_BAD_SECTION` for what cannot be written such that
   * oslo.config reads it back, `WB_INI_NOT_EDITABLE` for a document with problems.
   */
  set(section: string, key: string, value: string | readonly string[]): void {
    assertEditable(this.problems, this.file);
    const values = typeof value === 'string' ? [value] : value;
    for (const each of values) this.#assertWritable(section, key, each);

    const places = placesOf(this.#items, section, key);
    const [from, keep] = commonEnds(
      places.map(({ option }) => option.value),
      values,
    );
    const outdated = places.slice(from, places.length - keep);
    const wanted = values.slice(from, values.length - keep);

    const rewritten = new Map(
      outdated.map(({ at, option }, index) => {
        const next = wanted[index];
        return [at, next === undefined ? [] : changedLines(this.#items, at, option, next)];
      }),
    );
    this.#reparse(this.#items.flatMap((item, at) => rewritten.get(at) ?? item.lines));
    for (const [index, added] of wanted.slice(outdated.length).entries()) {
      this.#insert(section, key, added, from + outdated.length + index);
    }
  }

  /** Adds one more occurrence of a repeated option, behind the last one. Throws as {@link IniDocument.set} does. */
  add(section: string, key: string, value: string): void {
    assertEditable(this.problems, this.file);
    this.#assertWritable(section, key, value);
    this.#insert(section, key, value, placesOf(this.#items, section, key).length);
  }

  /** Removes every occurrence of the option, with its continuation lines. Says how many there were. */
  remove(section: string, key: string): number {
    const count = placesOf(this.#items, section, key).length;
    this.set(section, key, []);
    return count;
  }

  /** Puts a new occurrence behind the first `count` ones of this option. */
  #insert(section: string, key: string, value: string, count: number): void {
    this.#reparse(linesWithNewOption(this.#items, { section, key, value, count }));
  }

  #reparse(lines: readonly string[]): void {
    this.#items = IniDocument.parse(lines.join(''), { file: this.file }).#items;
  }

  #assertWritable(section: string, key: string, value: string): void {
    assertSection(section, this.file);
    assertKey(key, this.file);
    assertWritable(section, key, value, this.file);
  }
}
