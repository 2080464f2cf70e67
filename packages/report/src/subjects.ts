import type { ReportCase } from './model.js';

/** A case with its place in the run. */
export interface NumberedCase extends ReportCase {
  /** For links: the same as long as results.json is. */
  readonly anchor: string;
}

/** The attempts of one case; of most there is one. */
export interface Attempted {
  readonly anchor: string;
  readonly name: string;
  /** Failed where any attempt has, skipped where all were. */
  readonly verdict: ReportCase['verdict'];
  readonly attempts: readonly NumberedCase[];
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

/** The attempts of each case together, in the order of the first ones. */
export function attemptsOf(cases: readonly NumberedCase[]): Attempted[] {
  const groups = new Map<string, NumberedCase[]>();
  for (const one of cases) groups.set(one.id, [...(groups.get(one.id) ?? []), one]);
  return [...groups.values()].map((attempts, index) => {
    const verdicts = new Set(attempts.map(({ verdict }) => verdict));
    const [first] = attempts;
    return {
      anchor: attempts.length === 1 ? (first?.anchor ?? '') : `all-of-${first?.anchor ?? index}`,
      name: first?.name ?? '',
      verdict: verdicts.has('failed') ? 'failed' : verdicts.has('passed') ? 'passed' : 'skipped',
      attempts,
    };
  });
}

/** "@whitebox/nova-nfv-suite/cpu-policy > a sentence" -> "cpu-policy" */
function subjectOf({ suite, id }: ReportCase, withSuite: boolean): string {
  const file = id.startsWith(`${suite}/`) ? id.slice(suite.length + 1) : id;
  const subject = file.split(' > ')[0] ?? '';
  return withSuite ? `${suite}/${subject}` : subject;
}
