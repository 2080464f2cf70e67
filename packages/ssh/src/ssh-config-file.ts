import { LineType, parse, type Directive as ParsedDirective, type Line } from 'ssh-config';

/** One keyword with its arguments; Host and Match also have what stands below them. */
export interface ConfigLine {
  /** In lower case. */
  readonly keyword: string;
  readonly values: readonly string[];
  readonly below: readonly ConfigLine[];
}

/** @throws Error where the text is no ssh configuration */
export function parseConfigText(text: string): ConfigLine[] {
  return linesOf(parse(text));
}

function linesOf(lines: Iterable<Line>): ConfigLine[] {
  const result: ConfigLine[] = [];
  for (const line of lines) {
    if (line.type !== LineType.DIRECTIVE) continue;
    result.push({
      keyword: line.param.toLowerCase(),
      values: valuesOf(line),
      below: 'config' in line ? linesOf(line.config) : [],
    });
  }
  return result;
}

function valuesOf({ value }: ParsedDirective): string[] {
  return typeof value === 'string' ? [value] : value.map(({ val }) => val);
}
