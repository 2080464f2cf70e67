import type { CaseListing } from './case-result.js';
import { ExitCode } from './exit-codes.js';
import { listSuites } from './list-suites.js';
import { selectCases, selects, type Selection } from './select-cases.js';
import { findSuite } from './suite-package.js';

export interface ListOptions extends Selection {
  readonly json?: boolean | undefined;
  /** Only the ids in the form of Tempest, one in each line: what --load-list reads. */
  readonly ids?: boolean | undefined;
}

/** `whitebox list`: the cases of suites. No cloud is needed. */
export async function listCases(names: readonly string[], options: ListOptions): Promise<ExitCode> {
  const suites = await Promise.all(names.map((name) => findSuite(name, process.cwd())));
  const cases = await listSuites(suites);
  const listed = selects(options) ? await selectCases(cases, options) : cases;
  process.stdout.write(shown(listed, cases.length, options));
  return ExitCode.Passed;
}

function shown(cases: readonly CaseListing[], all: number, { json, ids }: ListOptions): string {
  if (ids === true) return cases.map(({ testId }) => `${testId}\n`).join('');
  return json === true ? `${JSON.stringify(cases, undefined, 2)}\n` : asText(cases, all);
}

function asText(cases: readonly CaseListing[], all: number): string {
  return cases
    .map((one) => `${[one.id, ...detailsOf(one).map((line) => `    ${line}`)].join('\n')}\n`)
    .concat(`${cases.length === all ? '' : `${cases.length} of `}${all} case${all === 1 ? '' : 's'}\n`)
    .join('');
}

function detailsOf({ since, needs, knownBugs }: CaseListing): string[] {
  return [
    ...(since === undefined ? [] : [`since Nova ${since}`]),
    ...needs.map((need) => `needs ${need}`),
    ...knownBugs.map(({ bug, fixedBy, what }) => {
      const fix = fixedBy === undefined ? 'not fixed' : `fixed by Nova ${fixedBy}`;
      return `known bug ${bug}, ${fix}: ${what}`;
    }),
  ];
}
