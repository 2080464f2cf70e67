import { stripVTControlCharacters } from 'node:util';
import { gistOf } from '@whitebox/report';
import type { CaseResult } from './case-result.js';
import { isKnownBug } from './github-annotations.js';
import { seconds } from './progress.js';
import type { RunResults } from './results.js';

/** Rows of a table; GitHub takes 1 MiB for all summaries of a step. */
const mostRows = 100;
const longest = 300;

/** A run in Markdown, for `$GITHUB_STEP_SUMMARY`: counts, what failed and why, known bugs that showed. */
export function stepSummary(results: RunResults): string {
  const { cases, counts, durationMs, suites } = results;
  const failed = cases.filter(({ verdict }) => verdict === 'failed');
  const known = cases.filter(isKnownBug);
  const outside = [
    ...results.leftovers.map((text) => `not given back: ${text}`),
    ...results.troubles,
    ...(results.interrupted ? ['interrupted'] : []),
  ];
  const good = failed.length === 0 && outside.length === 0 && counts.passed > 0;
  return [
    `### ${good ? '✅' : '❌'} ${cell(suites.map(({ name }) => name).join(', '))}`,
    '',
    '| passed | failed | skipped | time |',
    '| -----: | -----: | ------: | ---: |',
    `| ${counts.passed} | ${counts.failed} | ${counts.skipped} | ${seconds(durationMs)} |`,
    '',
    ...outside.slice(0, mostRows).map((text) => `- ⚠️ ${cell(text)}`),
    ...(outside.length === 0 ? [] : ['']),
    ...table(['failed', 'why', 'where'], failed, ({ name, failures: [first] }) => [
      name,
      gistOf(first?.message ?? ''),
      first?.at ?? '',
    ]),
    ...table(['known bug', 'what'], known, ({ name, reason = '' }) => [name, reason]),
  ].join('\n');
}

function table(
  titles: readonly string[],
  cases: readonly CaseResult[],
  rowOf: (one: CaseResult) => readonly string[],
): readonly string[] {
  if (cases.length === 0) return [];
  const rows = cases.slice(0, mostRows).map((one) => row(rowOf(one).map(cell)));
  const left = cases.length - rows.length;
  return [
    row(titles),
    row(titles.map(() => '---')),
    ...rows,
    '',
    ...(left === 0 ? [] : [`and ${left} more`, '']),
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** The first line of a text as it is, whatever it would mean in Markdown or HTML. */
function cell(text: string): string {
  const line = stripVTControlCharacters(text).split('\n')[0]?.trim() ?? '';
  const short = line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
  return short
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_[\]|~#@]/g, (sign) => `&#${sign.codePointAt(0) ?? 0};`);
}
