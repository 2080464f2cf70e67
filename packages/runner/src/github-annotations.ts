import { relative, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { CaseFailure, CaseResult } from './case-result.js';
import { flaky, type RunResults } from './results.js';

/** Where the suites are, and the checkout that the job works in. */
export interface AnnotationPlaces {
  /** Name of a suite -> absolute path of its package. */
  readonly roots: ReadonlyMap<string, string>;
  /** `GITHUB_WORKSPACE`. */
  readonly workspace: string;
}

interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly text: string;
  readonly file?: string | undefined;
  readonly line?: string | undefined;
}

/**
 * Workflow commands of GitHub Actions, one in each line, what matters most first: of each level GitHub shows only the first ten of
 * a step. Failures, troubles and what was not given back are errors; known bugs that showed, flaky cases and warnings are
 * warnings; what the cloud lacks is one notice for all cases that wait for it.
 */
export function githubAnnotations(results: RunResults, places: AnnotationPlaces): string {
  const { cases, leftovers, troubles, warnings } = results;
  const annotations: readonly Annotation[] = [
    ...leftovers.map((text) => error('Not given back', `${text}\nGive it back with "whitebox recover".`)),
    ...troubles.map((text) => error('The run itself', text)),
    ...(results.interrupted ? [error('The run itself', 'It was interrupted.')] : []),
    ...cases.filter(({ verdict }) => verdict === 'failed').map((one) => failed(one, places)),
    ...flaky(cases).map(({ id, passed, failed }): Annotation => {
      const text = `${id}: passed ${passed} of ${passed + failed} times`;
      return { level: 'warning', title: 'Flaky case', text };
    }),
    ...cases
      .filter((one) => isKnownBug(one))
      .map(({ name, reason = '' }): Annotation => ({ level: 'warning', title: name, text: reason })),
    ...warnings.map((text): Annotation => ({ level: 'warning', title: 'Configuration', text })),
    ...lacks(cases),
  ];
  return annotations.map((one) => `${command(one)}\n`).join('');
}

/** A case that was skipped since a bug of this release showed; see `explainedBy` of testkit. */
export function isKnownBug({ verdict, reason }: CaseResult): boolean {
  return verdict === 'skipped' && reason?.startsWith('known bug ') === true;
}

function error(title: string, text: string): Annotation {
  return { level: 'error', title, text };
}

function failed(one: CaseResult, places: AnnotationPlaces): Annotation {
  const [first] = one.failures;
  const attempt = one.attempt === undefined ? '' : ` (attempt ${one.attempt})`;
  const text = [
    ...one.failures.map(said),
    ...(one.steps.length === 0 ? [] : [`Last step: ${one.steps.at(-1)?.text ?? ''}`]),
  ].join('\n\n');
  return { ...error(`${one.name}${attempt}`, text), ...placeOf(one, first, places) };
}

function said({ message, at, code }: CaseFailure): string {
  return [message, ...(at === undefined ? [] : [`at ${at}    ${code ?? ''}`.trimEnd()])].join('\n');
}

/** A file that is no part of the checkout, as of an installed suite, cannot be shown beside its line. */
function placeOf(
  { suite }: CaseResult,
  failure: CaseFailure | undefined,
  { roots, workspace }: AnnotationPlaces,
): Pick<Annotation, 'file' | 'line'> {
  const [, file, line] = /^(.+?):(\d+)(?::\d+)?$/.exec(failure?.at ?? '') ?? [];
  const root = roots.get(suite);
  if (file === undefined || root === undefined) return {};
  const path = relative(workspace, resolve(root, file));
  if (path.startsWith('..') || path.split('/').includes('node_modules')) return {};
  return { file: path, line };
}

function lacks(cases: readonly CaseResult[]): readonly Annotation[] {
  const reasons = new Map<string, string[]>();
  for (const one of cases) {
    if (one.verdict !== 'skipped' || isKnownBug(one)) continue;
    const reason = one.reason ?? 'no reason was told';
    reasons.set(reason, [...(reasons.get(reason) ?? []), one.name]);
  }
  return [...reasons]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([reason, names]) => ({
      level: 'notice',
      title: `${names.length} case${names.length === 1 ? '' : 's'} skipped`,
      text: [reason, ...names.map((name) => `- ${name}`)].join('\n'),
    }));
}

/** The same escapes as `@actions/core` has (packages/core/src/command.ts of actions/toolkit). */
function command({ level, title, text, file, line }: Annotation): string {
  const properties = Object.entries({ file, line, title })
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${escapedProperty(value)}`]))
    .join(',');
  return `::${level} ${properties}::${escapedData(stripVTControlCharacters(text))}`;
}

function escapedData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
