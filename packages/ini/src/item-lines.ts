import { changedOptionLines, endingNear, newOptionLines } from './option-lines.js';
import type { Item, OptionItem } from './oslo-grammar.js';
import { endingOf } from './python-text.js';

/** The name under which oslo.config finds a section. */
export function normalSection(section: string): string {
  return section === 'DEFAULT' ? section : section.toLowerCase();
}

export function isOption(item: Item, section: string, key: string): item is OptionItem {
  return item.kind === 'option' && item.key === key && normalSection(item.section) === normalSection(section);
}

/** Every line of a file, with its ending. */
export function linesOf(items: readonly Item[]): string[] {
  return items.flatMap((item) => item.lines);
}

/** The occurrences of an option, and which of the items each is. */
export function placesOf(
  items: readonly Item[],
  section: string,
  key: string,
): { readonly at: number; readonly option: OptionItem }[] {
  return items.flatMap((item, at) => (isOption(item, section, key) ? [{ at, option: item }] : []));
}

/** Lines, with their endings, of the option at that item once it has another value. */
export function changedLines(
  items: readonly Item[],
  at: number,
  option: OptionItem,
  value: string,
): string[] {
  const texts = changedOptionLines(option, value);
  const ending = endingNear(linesOf(items), spanOf(items, at).line - 1);
  const openEnd = endingOf(option.lines.at(-1) ?? '') === '';
  return texts.map((text, index) => (openEnd && index === texts.length - 1 ? text : text + ending));
}

/** Every line of the file with a new occurrence behind the first `count` ones of this option. */
export function linesWithNewOption(
  items: readonly Item[],
  {
    section,
    key,
    value,
    count,
  }: { readonly section: string; readonly key: string; readonly value: string; readonly count: number },
): string[] {
  const lines = linesOf(items);
  const places = placesOf(items, section, key);
  const before = places[count - 1] ?? places[0];
  if (before !== undefined) {
    const { line, lastLine } = spanOf(items, before.at);
    return inserted(lines, count === 0 ? line - 1 : lastLine, newOptionLines(key, value));
  }
  const end = endOfSection(items, section);
  if (end !== undefined) return inserted(lines, end, newOptionLines(key, value));
  const last = lines.at(-1);
  const gap = last === undefined || last.slice(0, last.length - endingOf(last).length) === '' ? [] : [''];
  return inserted(lines, lines.length, [...gap, `[${section}]`, ...newOptionLines(key, value)]);
}

/** Where a new option of the section goes: lines before it. Behind its last option, or behind its last header. */
function endOfSection(items: readonly Item[], section: string): number | undefined {
  const wanted = normalSection(section);
  let header: number | undefined;
  let option: number | undefined;
  let line = 0;
  for (const item of items) {
    line += item.lines.length;
    if (item.kind !== 'section' && item.kind !== 'option') continue;
    if (normalSection(item.section) !== wanted) continue;
    if (item.kind === 'section') header = line;
    else option = line;
  }
  return option ?? header;
}

function inserted(lines: readonly string[], at: number, added: readonly string[]): string[] {
  const ending = endingNear(lines, at === 0 ? 0 : at - 1);
  const before = lines.slice(0, at);
  const last = before.at(-1);
  const openEnd = last !== undefined && endingOf(last) === '';
  // A file without a final line ending stays one: its last line gets the ending, the new last line goes without.
  if (openEnd) before[at - 1] = last + ending;
  return [
    ...before,
    ...added.map((line, index) => (openEnd && index === added.length - 1 ? line : line + ending)),
    ...lines.slice(at),
  ];
}

/** First and last line of an item, counted from 1. */
function spanOf(items: readonly Item[], at: number): { line: number; lastLine: number } {
  const before = items.slice(0, at).reduce((sum, item) => sum + item.lines.length, 0);
  return { line: before + 1, lastLine: before + (items[at]?.lines.length ?? 0) };
}

/** How many values at the beginning and at the end are the same in both lists. */
export function commonEnds(old: readonly string[], next: readonly string[]): [start: number, end: number] {
  const shorter = Math.min(old.length, next.length);
  let start = 0;
  while (start < shorter && old[start] === next[start]) start += 1;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end) === next.at(-1 - end)) end += 1;
  return [start, end];
}
