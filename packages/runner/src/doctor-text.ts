import type { CheckResult, Verdict } from '@whitebox/testkit';

const words: Readonly<Record<Verdict, string>> = {
  ok: 'ok',
  warning: 'warning',
  wrong: 'wrong',
  unknown: 'unknown',
};

/** Of a terminal: green, yellow, red, magenta. */
const colours: Readonly<Record<Verdict, number>> = { ok: 32, warning: 33, wrong: 31, unknown: 35 };

const verdictWidth = Math.max(...Object.values(words).map((word) => word.length));

export interface DoctorStyle {
  /** Columns of the terminal; undefined in a pipe: no colours, and one line for each finding and each advice. */
  readonly columns?: number | undefined;
}

/** A check for people: its findings, each with what to do next. */
export function checkText({ code, title, verdict, findings }: CheckResult, { columns }: DoctorStyle): string {
  const paint = (one: Verdict, text: string): string =>
    columns === undefined ? text : `\u001b[${colours[one]}m${text}\u001b[0m`;
  const bold = (text: string): string => (columns === undefined ? text : `\u001b[1m${text}\u001b[0m`);
  const indent = ' '.repeat(verdictWidth + 4);
  const lines = [`${paint(verdict, words[verdict].padEnd(verdictWidth))}  ${bold(title)} [${code}]`];
  for (const { verdict: own, host, found, next, code: cause } of findings) {
    const text = `${host === undefined ? '' : `${host}: `}${found.replaceAll(/\s*\n\s*/g, ' ')}${cause === undefined ? '' : ` [${cause}]`}`;
    const mark = paint(own, words[own].padEnd(verdictWidth));
    lines.push(`  ${mark}  ${wrap(text, columns, indent)}`);
    if (next !== undefined)
      lines.push(`${indent}${wrap(`-> ${next.replaceAll(/\s*\n\s*/g, ' ')}`, columns, `${indent}   `)}`);
  }
  return lines.join('\n');
}

/** The first line of a text is put behind as much as `indent` by the caller. */
function wrap(text: string, columns: number | undefined, indent: string): string {
  const width = columns === undefined ? Infinity : Math.max(40, columns - indent.length);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${indent}`);
}

/** "12 checks: 10 ok, 1 warning, 1 wrong" */
export function doctorSummary(results: readonly CheckResult[]): string {
  const of = (verdict: Verdict): number => results.filter((one) => one.verdict === verdict).length;
  const parts = (['ok', 'warning', 'wrong', 'unknown'] as const)
    .filter((verdict) => of(verdict) > 0)
    .map((verdict) => `${of(verdict)} ${verdict === 'unknown' ? 'could not tell' : words[verdict]}`);
  return `${results.length} checks: ${parts.join(', ')}`;
}
