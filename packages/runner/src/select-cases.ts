import { readFile } from 'node:fs/promises';
import type { CaseListing } from './case-result.js';
import { RunError, UsageError } from './errors.js';
import { fileTrouble } from './file-trouble.js';
import { meansPredecessor, predecessorIds } from './predecessor-id.js';
import { withoutBrackets } from './test-id.js';

/** Which cases of the suites are meant; each part narrows what the others leave. */
export interface Selection {
  /** A regular expression: only cases of which it matches a name; see {@link namesOf}. */
  readonly filter?: string | undefined;
  /** The same as `filter`, by Tempest's name for it. */
  readonly regex?: string | undefined;
  /** A regular expression: no cases of which it matches a name. */
  readonly excludeRegex?: string | undefined;
  /** A file with one id in each line; blank lines and what follows a # are nothing. */
  readonly loadList?: string | undefined;
}

/** Whether there is anything to select by. */
export function selects({ filter, regex, excludeRegex, loadList }: Selection): boolean {
  return [filter, regex, excludeRegex, loadList].some((part) => part !== undefined);
}

/**
 * The cases that are meant, in the order of the suites.
 *
 * @throws UsageError `WB_RUN_LIST` for a list that cannot be read, is empty, or has an entry that no case goes by
 * @throws RunError `WB_RUN_NO_CASES` when nothing is left
 */
export async function selectCases(
  cases: readonly CaseListing[],
  selection: Selection,
): Promise<readonly CaseListing[]> {
  const { filter, regex, excludeRegex, loadList } = selection;
  const listed = loadList === undefined ? cases : casesOfList(cases, await readList(loadList), loadList);
  const wanted = (pattern: string | undefined): RegExp | undefined =>
    pattern === undefined ? undefined : new RegExp(pattern);
  const [filters, excluded] = [[wanted(filter), wanted(regex)], wanted(excludeRegex)];
  const selected = listed.filter((one) => {
    const names = namesOf(one);
    const matches = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
    return (
      filters.every((pattern) => pattern === undefined || matches(pattern)) &&
      (excluded === undefined || !matches(excluded))
    );
  });
  if (selected.length > 0) return selected;
  throw new RunError({
    code: 'WB_RUN_NO_CASES',
    action: `select cases by ${told(selection)}`,
    observed: `none of ${cases.length} case${cases.length === 1 ? '' : 's'} matches`,
    advice: '"whitebox list" shows their sentences, "whitebox list --ids" their ids in the form of Tempest.',
  });
}

/** What a regular expression may match: the dotted id, the sentence, the id of the results, and the tests that the case replaces. */
function namesOf({ testId, id, name, replaces }: CaseListing): readonly string[] {
  return [testId, name, id, ...replaces.flatMap(predecessorIds)];
}

function casesOfList(
  cases: readonly CaseListing[],
  entries: readonly string[],
  file: string,
): readonly CaseListing[] {
  const unknown = entries.filter((entry) => !cases.some((one) => isMeant(one, entry)));
  if (unknown.length === 0) return cases.filter((one) => entries.some((entry) => isMeant(one, entry)));
  const shown = unknown.slice(0, 10).map((entry) => `  ${entry}`);
  throw listError(
    file,
    [
      `no case goes by ${unknown.length} of its ${entries.length} entries:`,
      ...shown,
      ...(unknown.length > shown.length ? [`  and ${unknown.length - shown.length} more`] : []),
    ].join('\n'),
  );
}

function isMeant({ testId, id, replaces }: CaseListing, entry: string): boolean {
  return (
    entry === testId ||
    entry === withoutBrackets(testId) ||
    entry === id ||
    replaces.some((replaced) => meansPredecessor(entry, replaced))
  );
}

async function readList(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw listError(file, fileTrouble(error), error);
  });
  const entries = text
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
  if (entries.length === 0) throw listError(file, 'it names no case');
  return entries;
}

function listError(file: string, observed: string, cause?: unknown): UsageError {
  return new UsageError({
    code: 'WB_RUN_LIST',
    action: `read the list of cases ${file}`,
    observed,
    advice:
      'It has one id in each line, as "whitebox list --ids" prints them; ids of whitebox-tempest-plugin mean the cases that replace those tests.',
    ...(cause === undefined ? {} : { cause }),
  });
}

function told({ filter, regex, excludeRegex, loadList }: Selection): string {
  const parts = { filter, regex, 'exclude-regex': excludeRegex, 'load-list': loadList };
  return Object.entries(parts)
    .flatMap(([option, value]) => (value === undefined ? [] : `--${option} ${JSON.stringify(value)}`))
    .join(' ');
}
