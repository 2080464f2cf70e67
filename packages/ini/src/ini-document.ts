import { IniError } from './ini-error.js';
import {
  assertKey,
  assertSection,
  assertWritable,
  changedOptionLines,
  endingNear,
  newOptionLines,
} from './option-lines.js';
import { parseItems, type Item, type OptionItem } from './oslo-grammar.js';
import { endingOf } from './python-text.js';
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
    const { items } = parsed;
    const problems = problem === undefined ? parsed.problems : [problem, ...parsed.problems];
    if (problems[0] !== undefined && options.tolerant !== true) throw problems[0];
    return new IniDocument(options.file, items, problems);
  }

  /** The file's text. */
  toString(): string {
    return this.#lines().join('');
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
        const { section: written, value } = item;
        found.push({
          section: written,
          key,
          value,
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
    this.#assertEditable();
    const values = typeof value === 'string' ? [value] : value;
    for (const each of values) this.#assertWritable(section, key, each);

    const places = this.#places(section, key);
    const [from, keep] = commonEnds(
      places.map(({ option }) => option.value),
      values,
    );
    const outdated = places.slice(from, places.length - keep);
    const wanted = values.slice(from, values.length - keep);

    const rewritten = new Map(
      outdated.map(({ at, option }, index) => {
        const next = wanted[index];
        return [at, next === undefined ? [] : this.#changedLines(at, option, next)];
      }),
    );
    this.#reparse(this.#items.flatMap((item, at) => rewritten.get(at) ?? item.lines));
    for (const [index, added] of wanted.slice(outdated.length).entries()) {
      this.#insert(section, key, added, from + outdated.length + index);
    }
  }

  /** Adds one more occurrence of a repeated option, behind the last one. Throws as {@link IniDocument.set} does. */
  add(section: string, key: string, value: string): void {
    this.#assertEditable();
    this.#assertWritable(section, key, value);
    this.#insert(section, key, value, this.#places(section, key).length);
  }

  /** Removes every occurrence of the option, with its continuation lines. Says how many there were. */
  remove(section: string, key: string): number {
    const count = this.#places(section, key).length;
    this.set(section, key, []);
    return count;
  }

  /** Puts a new occurrence behind the first `count` ones of this option. */
  #insert(section: string, key: string, value: string, count: number): void {
    const lines = this.#lines();
    const places = this.#places(section, key);
    const before = places[count - 1] ?? places[0];
    if (before !== undefined) {
      const { line, lastLine } = this.#span(before.at);
      this.#insertLines(lines, count === 0 ? line - 1 : lastLine, newOptionLines(key, value));
      return;
    }
    const end = this.#endOfSection(section);
    if (end !== undefined) {
      this.#insertLines(lines, end, newOptionLines(key, value));
      return;
    }
    const last = lines.at(-1);
    const gap = last === undefined || last.slice(0, last.length - endingOf(last).length) === '' ? [] : [''];
    this.#insertLines(lines, lines.length, [...gap, `[${section}]`, ...newOptionLines(key, value)]);
  }

  /** Where a new option of the section goes: lines before it. Behind its last option, or behind its last header. */
  #endOfSection(section: string): number | undefined {
    const wanted = normalSection(section);
    let header: number | undefined;
    let option: number | undefined;
    let line = 0;
    for (const item of this.#items) {
      line += item.lines.length;
      if (item.kind !== 'section' && item.kind !== 'option') continue;
      if (normalSection(item.section) !== wanted) continue;
      if (item.kind === 'section') header = line;
      else option = line;
    }
    return option ?? header;
  }

  #insertLines(lines: readonly string[], at: number, added: readonly string[]): void {
    const ending = endingNear(lines, at === 0 ? 0 : at - 1);
    const before = lines.slice(0, at);
    const last = before.at(-1);
    const openEnd = last !== undefined && endingOf(last) === '';
    // A file without a final line ending stays one: its last line gets the ending, the new last line goes without.
    if (openEnd) before[at - 1] = last + ending;
    this.#reparse([
      ...before,
      ...added.map((line, index) => (openEnd && index === added.length - 1 ? line : line + ending)),
      ...lines.slice(at),
    ]);
  }

  #changedLines(at: number, option: OptionItem, value: string): string[] {
    const texts = changedOptionLines(option, value);
    const ending = endingNear(this.#lines(), this.#span(at).line - 1);
    const openEnd = endingOf(option.lines.at(-1) ?? '') === '';
    return texts.map((text, index) => (openEnd && index === texts.length - 1 ? text : text + ending));
  }

  #reparse(lines: readonly string[]): void {
    this.#items = IniDocument.parse(lines.join(''), { file: this.file }).#items;
  }

  #lines(): string[] {
    return this.#items.flatMap((item) => item.lines);
  }

  /** First and last line of an item, counted from 1. */
  #span(at: number): { line: number; lastLine: number } {
    const before = this.#items.slice(0, at).reduce((sum, item) => sum + item.lines.length, 0);
    return { line: before + 1, lastLine: before + (this.#items[at]?.lines.length ?? 0) };
  }

  #places(section: string, key: string): { readonly at: number; readonly option: OptionItem }[] {
    return this.#items.flatMap((item, at) => (isOption(item, section, key) ? [{ at, option: item }] : []));
  }

  #assertWritable(section: string, key: string, value: string): void {
    assertSection(section, this.file);
    assertKey(key, this.file);
    assertWritable(section, key, value, this.file);
  }

  #assertEditable(): void {
    const [first] = this.problems;
    if (first === undefined) return;
    throw new IniError({
      code: 'WB_INI_NOT_EDITABLE',
      action: `edit ${this.file ?? 'the configuration'}`,
      observed: `oslo.config refuses the file at line ${first.line ?? 0}: ${first.observed}`,
      advice: first.advice,
      file: this.file,
      line: first.line,
      column: first.column,
      cause: first,
    });
  }
}

/** The name under which oslo.config finds a section. */
export function normalSection(section: string): string {
  return section === 'DEFAULT' ? section : section.toLowerCase();
}

function isOption(item: Item, section: string, key: string): item is OptionItem {
  return item.kind === 'option' && item.key === key && normalSection(item.section) === normalSection(section);
}

/** How many values at the beginning and at the end are the same in both lists. */
function commonEnds(old: readonly string[], next: readonly string[]): [start: number, end: number] {
  const shorter = Math.min(old.length, next.length);
  let start = 0;
  while (start < shorter && old[start] === next[start]) start += 1;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end) === next.at(-1 - end)) end += 1;
  return [start, end];
}
