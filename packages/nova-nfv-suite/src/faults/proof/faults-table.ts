import type { FaultRow, Judgement } from './judge.js';

/** For people, a block for each case: verdict, layer, fault, and below what the case and the invariants said. */
export function faultsTable({ rows, complaints }: Judgement): string {
  const widest = (of: (row: FaultRow) => string): number => Math.max(0, ...rows.map((row) => of(row).length));
  const [verdicts, layers] = [widest(({ verdict }) => verdict), widest(({ layer }) => layer)];
  const lines = byCase(rows).flatMap(([id, ofCase]) => [
    id,
    ...ofCase.flatMap((row) => [
      `  ${row.verdict.padEnd(verdicts)}  ${row.layer.padEnd(layers)}  ${named(row)}`,
      ...(row.byCase === '' ? [] : [`  ${' '.repeat(verdicts)}  by the case: ${row.byCase}`]),
      ...(row.byInvariants.length === 0
        ? []
        : [`  ${' '.repeat(verdicts)}  by invariants: ${row.byInvariants.join(', ')}`]),
    ]),
  ]);
  const wrong = complaints.length === 0 ? [] : ['', 'Wrong:', ...complaints.map((text) => `  ${text}`)];
  return [...lines, ...wrong, '', summary({ rows, complaints })].join('\n');
}

/** The same as one table of Markdown. */
export function faultsMarkdown(judgement: Judgement): string {
  const row = (...cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    row('case', 'fault', 'layer broken', 'detected by the case', 'detected by invariants', 'verdict'),
    row('---', '---', '---', '---', '---', '---'),
    ...judgement.rows.map((one) =>
      row(one.id, named(one), one.layer, one.byCase, one.byInvariants.join(', '), one.verdict),
    ),
    '',
    ...judgement.complaints.map((text) => `- ${text}`),
    summary(judgement),
    '',
  ].join('\n');
}

function named({ what, source, firstTry }: FaultRow): string {
  const from = source === undefined ? '' : ` (${source})`;
  return `${what}${from}${firstTry === undefined ? '' : ` [second try; the first: ${firstTry}]`}`;
}

function summary({ rows, complaints }: Judgement): string {
  const counted = (verdict: FaultRow['verdict']): number =>
    rows.filter((row) => row.verdict === verdict).length;
  const [notRun, unitTests, open] = [counted('not run'), counted('unit test'), counted('not proven')];
  return [
    `${rows.length} faults in ${byCase(rows).length} cases: ${counted('noticed')} noticed`,
    ...(unitTests === 0 ? [] : [`${unitTests} by unit tests`]),
    ...(open === 0 ? [] : [`${open} not proven yet`]),
    ...(notRun === 0 ? [] : [`${notRun} not run`]),
    complaints.length === 0 ? 'nothing wrong' : `${complaints.length} complaints`,
  ].join(', ');
}

function byCase(rows: readonly FaultRow[]): [string, FaultRow[]][] {
  return [...new Set(rows.map(({ id }) => id))].map((id) => [id, rows.filter((row) => row.id === id)]);
}
