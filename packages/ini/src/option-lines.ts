import { IniError } from './ini-error.js';
import { withoutEnding, type OptionItem } from './oslo-grammar.js';
import { endingOf, strip, stripEnd } from './python-text.js';

const DEFAULT_INDENT = '    ';

/** Lines of a new option, without endings. */
export function newOptionLines(key: string, value: string): string[] {
  return layOut(`${key} = `, value, DEFAULT_INDENT);
}

/** Lines of an option that gets another value, without endings: name, separator and indentation stay as written. */
export function changedOptionLines(option: OptionItem, value: string): string[] {
  const [first, continuation] = option.lines;
  let head = withoutEnding(first).slice(0, option.valueAt);
  // "key =" with nothing behind it: follow the style of the separator when a value comes.
  if (stripEnd(head) === head && /\s[:=]$/.test(head)) head += ' ';
  const indent = continuation === undefined ? undefined : /^[ \t]+/.exec(continuation)?.[0];
  return layOut(head, value, indent ?? DEFAULT_INDENT);
}

function layOut(head: string, value: string, indent: string): string[] {
  const [first = '', ...rest] = value.split('\n');
  const firstLine = first === '' ? stripEnd(head) : head + quotedIfNeeded(first);
  return [firstLine, ...rest.map((part) => indent + part)];
}

/** iniparser.py strips blanks and then one pair of quotes: a pair around the text keeps both from changing it. */
function quotedIfNeeded(text: string): string {
  const takenForQuotes = /^(["']).*\1$|^["']$/s.test(text);
  return takenForQuotes || strip(text) !== text ? `"${text}"` : text;
}

/** Throws for a value that no lines can hold such that oslo.config reads it back equal. */
export function assertWritable(section: string, key: string, value: string, file: string | undefined): void {
  const refuse = (observed: string, advice: string): never => {
    throw new IniError({
      code: 'WB_INI_BAD_VALUE',
      action: `set [${section}] ${key} in ${file ?? 'the configuration'}`,
      observed,
      advice,
      file,
    });
  };
  if (value.includes('\r')) {
    refuse(
      'the value has a carriage return, which ends a line',
      'Use LF alone between the lines of a value.',
    );
  }
  for (const [index, part] of value.split('\n').entries()) {
    if (index === 0) continue;
    if (part === '') {
      refuse(
        `line ${index + 1} of the value is empty, and a blank line ends a value`,
        'Leave the empty lines out.',
      );
    }
    if (strip(part) !== part) {
      refuse(
        `line ${index + 1} of the value begins or ends with blanks, which are lost in a continuation line`,
        'Take the blanks away.',
      );
    }
  }
}

/** Throws for a name that the parser would read as something else. */
export function assertKey(key: string, file: string | undefined): void {
  const wrong =
    key === ''
      ? 'it is empty'
      : strip(key) !== key
        ? 'it begins or ends with blanks'
        : /[:=\r\n]/.test(key)
          ? "it has '=', ':' or a line end in it"
          : /^[[#;]/.test(key)
            ? "it begins with '[', '#' or ';'"
            : undefined;
  if (wrong === undefined) return;
  throw new IniError({
    code: 'WB_INI_BAD_KEY',
    action: `write option ${JSON.stringify(key)} to ${file ?? 'the configuration'}`,
    observed: `no file can have an option of that name: ${wrong}`,
    advice: "Use the option's plain name.",
    file,
  });
}

/** Throws for a name that cannot stand between brackets in one line. */
export function assertSection(section: string, file: string | undefined): void {
  if (section !== '' && !/[\r\n]/.test(section)) return;
  throw new IniError({
    code: 'WB_INI_BAD_SECTION',
    action: `write section ${JSON.stringify(section)} to ${file ?? 'the configuration'}`,
    observed: section === '' ? "the section's name is empty" : "the section's name has a line end in it",
    advice: 'Use the plain name, without brackets; options without a section belong to DEFAULT.',
    file,
  });
}

/** Throws for a document that has what oslo.config refuses. */
export function assertEditable([first]: readonly IniError[], file: string | undefined): void {
  if (first === undefined) return;
  throw new IniError({
    code: 'WB_INI_NOT_EDITABLE',
    action: `edit ${file ?? 'the configuration'}`,
    observed: `oslo.config refuses the file at line ${first.line ?? 0}: ${first.observed}`,
    advice: first.advice,
    file,
    line: first.line,
    column: first.column,
    cause: first,
  });
}

/**
 * The line ending for new lines beside line `index`: that of the nearest line at or before it. A lone CR only where the
 * file has nothing else, or it could run together with an LF that follows.
 */
export function endingNear(lines: readonly string[], index: number): string {
  const endings = lines.map(endingOf);
  const nearest = endings.slice(0, index + 1).findLast((ending) => ending !== '') ?? '\n';
  return nearest === '\r' && endings.some((ending) => ending.endsWith('\n')) ? '\n' : nearest;
}
