import type { ReportCase } from './model.js';

/** A case with its place in the run. */
export interface NumberedCase extends ReportCase {
  /** For links: the same as long as results.json is. */
  readonly anchor: string;
}

/** Cases of one file of a suite. */
export interface Subject {
  readonly title: string;
  readonly anchor: string;
  readonly cases: readonly NumberedCase[];
}

/** The cases by the file that they are in, in the order in which they ran. */
export function subjectsOf(cases: readonly ReportCase[]): Subject[] {
  const several = new Set(cases.map(({ suite }) => suite)).size > 1;
  const subjects = new Map<string, NumberedCase[]>();
  for (const [index, one] of cases.entries()) {
    const title = subjectOf(one, several);
    const found = subjects.get(title) ?? [];
    found.push({ ...one, anchor: `case-${index + 1}` });
    subjects.set(title, found);
  }
  return [...subjects].map(([title, found], index) => ({
    title,
    anchor: `subject-${index + 1}`,
    cases: found,
  }));
}

/** "@whitebox/nova-nfv-suite/cpu-policy > a sentence" -> "cpu-policy" */
function subjectOf({ suite, id }: ReportCase, withSuite: boolean): string {
  const file = id.startsWith(`${suite}/`) ? id.slice(suite.length + 1) : id;
  const subject = file.split(' > ')[0] ?? '';
  return withSuite ? `${suite}/${subject}` : subject;
}
