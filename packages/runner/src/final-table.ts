import type { CaseResult } from './case-result.js';
import { seconds } from './progress.js';

const verdicts = ['passed', 'failed', 'skipped'] as const;

/** How the cases of each file ended, and how long they took: one row each, and one for all where there are several. */
export function finalTable(cases: readonly CaseResult[], columns = 80): string {
  const files = new Map<string, CaseResult[]>();
  for (const one of cases) {
    const file = one.id.split(' > ')[0]?.split('/').at(-1) ?? '';
    files.set(file, [...(files.get(file) ?? []), one]);
  }
  const rows = [...files].map(([file, of]) => rowOf(file, of));
  if (rows.length === 0) return '';
  const all = [['', ...verdicts, 'time'], ...rows, ...(rows.length > 1 ? [rowOf('all', cases)] : [])];
  const widths = [1, 2, 3, 4].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)) + 2);
  const numbers = widths.reduce((sum, width) => sum + width, 0);
  const most = Math.max(...all.map(([file = '']) => file.length));
  const name = Math.max(1, Math.min(most, columns - numbers - 1));
  return all
    .map(([file = '', ...cells]) => {
      const shown = file.length > name ? `${file.slice(0, name - 1)}…` : file.padEnd(name);
      return `${shown}${cells.map((cell, index) => cell.padStart(widths[index] ?? 0)).join('')}\n`;
    })
    .join('');
}

/** What is not there is a dot: the numbers that are stand out. */
function rowOf(name: string, cases: readonly CaseResult[]): readonly string[] {
  const counts = verdicts.map((verdict) => cases.filter((one) => one.verdict === verdict).length);
  const ms = cases.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return [name, ...counts.map((count) => (count === 0 ? '·' : String(count))), seconds(ms)];
}
