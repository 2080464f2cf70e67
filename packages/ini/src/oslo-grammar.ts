import { IniError, type IniErrorFacts } from './ini-error.js';
import { endingOf, splitLines, strip, stripEnd, stripStart } from './python-text.js';

/** A line without meaning for the reader of the file; `invalid` ones exist only in a tolerant parse. */
export interface OtherItem {
  readonly kind: 'blank' | 'comment' | 'invalid';
  readonly lines: readonly [string];
}

export interface SectionItem {
  readonly kind: 'section';
  readonly lines: readonly [string];
  readonly section: string;
}

/** An option with its continuation lines. */
export interface OptionItem {
  readonly kind: 'option';
  readonly lines: readonly [string, ...string[]];
  readonly section: string;
  readonly key: string;
  /** As oslo.config hands it to the option's type: continuation lines joined by LF. */
  readonly value: string;
  /** Where the value begins in the first line, counted from 0. */
  readonly valueAt: number;
}

/** A stretch of whole lines, with their endings as they were read. */
export type Item = OtherItem | SectionItem | OptionItem;

export interface ParsedItems {
  readonly items: Item[];
  readonly problems: IniError[];
}

interface Problem extends Pick<IniErrorFacts, 'code' | 'observed' | 'advice'> {
  /** Counted from 0. */
  readonly at: number;
}

/**
 * Reads a file as `oslo_config/iniparser.py` (BaseParser.parse) and ConfigParser of `oslo_config/cfg.py` do. What they
 * refuse is a problem; the first one is the one that they would raise.
 */
export function parseItems(text: string, file: string | undefined): ParsedItems {
  const items: Item[] = [];
  const problems: IniError[] = [];
  let section: string | undefined;
  let lineNumber = 0;

  const refuse = (problem: Problem, line: string): OtherItem => {
    problems.push(asError(problem, file, lineNumber));
    return { kind: 'invalid', lines: [line] };
  };

  for (const line of splitLines(text)) {
    lineNumber += 1;
    const content = stripEnd(line);
    if (content === '') {
      items.push({ kind: 'blank', lines: [line] });
    } else if (/^[ \t]/.test(content)) {
      // Only an option's own line, or another continuation, can be continued: a comment or a blank line ends the value.
      const previous = items.at(-1);
      items.push(
        previous?.kind === 'option'
          ? continued(items.pop() as OptionItem, line)
          : refuse(strayContinuation(content), line),
      );
    } else if (content.startsWith('[')) {
      const problem = sectionProblem(content);
      if (problem === undefined) {
        section = content.slice(1, -1);
        items.push({ kind: 'section', lines: [line], section });
      } else {
        items.push(refuse(problem, line));
      }
    } else if (/^[#;]/.test(content)) {
      items.push({ kind: 'comment', lines: [line] });
    } else {
      const option = splitOption(content);
      if ('code' in option) items.push(refuse(option, line));
      else if (section === undefined) items.push(refuse(noSection(content), line));
      else items.push({ kind: 'option', lines: [line], section, ...option });
    }
  }
  return { items, problems };
}

/** The text of a line without its ending. */
export function withoutEnding(line: string): string {
  return line.slice(0, line.length - endingOf(line).length);
}

function continued(option: OptionItem, line: string): OptionItem {
  return { ...option, lines: [...option.lines, line], value: `${option.value}\n${strip(line)}` };
}

function splitOption(content: string): Problem | Pick<OptionItem, 'key' | 'value' | 'valueAt'> {
  const separator = content.search(/[:=]/);
  if (separator < 0) {
    return {
      code: 'WB_INI_NO_SEPARATOR',
      observed: content.startsWith('\ufeff')
        ? "the file begins with a byte order mark, which oslo.config reads as a part of the first line's text"
        : "no '=' or ':' in this line",
      advice: content.startsWith('\ufeff')
        ? 'Save the file without the byte order mark.'
        : 'Write "option = value", begin a comment with # in the first column, or indent a continuation line.',
      at: 0,
    };
  }
  const key = strip(content.slice(0, separator));
  if (key === '') {
    return {
      code: 'WB_INI_KEY_EMPTY',
      observed: `nothing stands before the '${content.charAt(separator)}'`,
      advice: 'Write the name of the option before it.',
      at: separator,
    };
  }
  const rest = content.slice(separator + 1);
  const value = stripStart(rest);
  return { key, value: unquoted(value), valueAt: separator + 1 + rest.length - value.length };
}

/** The one pair of quotes around a value that iniparser.py takes away. Quotes elsewhere are a part of the value. */
function unquoted(value: string): string {
  const quote = value.charAt(0);
  if (quote !== '"' && quote !== "'") return value;
  return value.endsWith(quote) ? value.slice(1, -1) : value;
}

function sectionProblem(content: string): Problem | undefined {
  if (!content.endsWith(']')) {
    const bracket = content.indexOf(']');
    return {
      code: 'WB_INI_SECTION_NOT_CLOSED',
      observed:
        bracket < 0
          ? "the section's name is not closed by ']'"
          : "text follows the ']' of the section's name",
      advice:
        bracket < 0
          ? "Close the name with ']'."
          : "Put what follows the ']' (a comment?) into a line of its own.",
      at: bracket < 0 ? content.length : bracket + 1,
    };
  }
  if (content.length > 2) return undefined;
  return {
    code: 'WB_INI_SECTION_EMPTY',
    observed: 'the section has no name',
    advice: 'Write a name between the brackets.',
    at: 1,
  };
}

function strayContinuation(content: string): Problem {
  return {
    code: 'WB_INI_STRAY_CONTINUATION',
    observed: 'an indented line continues a value, but no option stands directly before it',
    advice: 'Begin the line in the first column, or remove the blank line or comment above it.',
    at: content.length - stripStart(content).length,
  };
}

function noSection(content: string): Problem {
  return {
    code: 'WB_INI_NO_SECTION',
    observed: content.startsWith('\ufeff')
      ? "the file begins with a byte order mark, which oslo.config reads as a part of the first line's text"
      : 'an option stands before the first section',
    advice: content.startsWith('\ufeff')
      ? 'Save the file without the byte order mark.'
      : 'Put a section such as [DEFAULT] above it.',
    at: 0,
  };
}

function asError(problem: Problem, file: string | undefined, line: number): IniError {
  const column = problem.at + 1;
  return new IniError({
    code: problem.code,
    action: `parse ${file ?? 'the configuration'}:${line}:${column}`,
    observed: problem.observed,
    advice: problem.advice,
    file,
    line,
    column,
  });
}
