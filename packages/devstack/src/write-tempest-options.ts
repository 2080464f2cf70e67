import { WhiteboxError } from '@whitebox/core';
import { IniDocument } from '@whitebox/ini';

/** A value of an option: text, number, boolean, a list of these, or a dictionary of texts, numbers or lists of numbers. */
export type TempestValue =
  | string
  | number
  | boolean
  | readonly (string | number)[]
  | Readonly<Record<string, string | number | readonly number[]>>;

/** Options by section. `undefined` leaves an option as it is, `null` removes it. */
export type TempestOptions = Readonly<
  Record<string, Readonly<Record<string, TempestValue | null | undefined>>>
>;

/** A value that cannot be written such that it is read back equal (`WB_DEVSTACK_BAD_VALUE`). */
export class TempestValueError extends WhiteboxError {}

/**
 * Sets options in the text of a tempest.conf; everything else in it stays as it is, comments and line endings included.
 * Values are written for oslo.config to read back equal: a dollar sign, which begins a reference there, is doubled.
 *
 * @throws TempestValueError for a list or dictionary whose parts have separators in them
 * @throws IniError (@whitebox/ini) where oslo.config would refuse the text, or for a value that no line can hold
 */
export function writeTempestOptions(text: string, options: TempestOptions): string {
  const document = IniDocument.parse(text, { file: 'tempest.conf' });
  for (const [section, values] of Object.entries(options)) {
    for (const [key, value] of Object.entries(values)) {
      if (value === undefined) continue;
      if (value === null) document.remove(section, key);
      else document.set(section, key, formatValue(section, key, value));
    }
  }
  return document.toString();
}

function formatValue(section: string, key: string, value: TempestValue): string {
  const refuse = (part: string): never => {
    throw new TempestValueError({
      code: 'WB_DEVSTACK_BAD_VALUE',
      action: `write [${section}] ${key}`,
      observed: `${part}, which oslo.config would take for a separator`,
      advice: 'Such a name or item cannot be written in a list or dictionary of oslo.config.',
    });
  };
  const item = (each: string | number): string => {
    const written = String(each);
    if (written.includes(',') || written.trim() !== written || written === '') {
      refuse('an item is empty, or has a comma or outer blanks');
    }
    return written;
  };
  const pair = ([name, of]: readonly [string, string | number | readonly number[]]): string => {
    if (/[:,]/.test(name) || name.trim() !== name || name === '') {
      refuse('a name is empty, or has a colon, comma or outer blanks');
    }
    return typeof of === 'object' ? `${name}: [${of.join(',')}]` : `${name}:${item(of)}`;
  };
  return written().replaceAll('$', '$$$$');

  function written(): string {
    // DevStack and oslo.config's own samples write True and False.
    if (typeof value === 'boolean') return value ? 'True' : 'False';
    if (typeof value !== 'object') return String(value);
    if (isList(value)) return value.map(item).join(',');
    const pairs = Object.entries(value).map(pair);
    return pairs.join(pairs.some((each) => each.endsWith(']')) ? ', ' : ',');
  }
}

function isList(value: object): value is readonly (string | number)[] {
  return Array.isArray(value);
}
