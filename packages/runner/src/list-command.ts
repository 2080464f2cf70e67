import type { CaseListing } from './case-result.js';
import { runEngine } from './engine-client.js';
import { RunError } from './errors.js';
import { ExitCode } from './exit-codes.js';
import { findSuite, noCasesIn } from './suite-package.js';

export interface ListOptions {
  readonly filter?: string | undefined;
  readonly json?: boolean | undefined;
}

/** `whitebox list`: the cases of suites. No cloud is needed. */
export async function listCases(names: readonly string[], options: ListOptions): Promise<ExitCode> {
  const suites = await Promise.all(names.map((name) => findSuite(name, process.cwd())));
  let cases: readonly CaseListing[] = [];
  const troubles: string[] = [];
  await runEngine(
    {
      task: 'list',
      suites,
      context: {
        cloud: {},
        runId: 'list',
        stateDirectory: '',
        observers: [],
        requireNeeds: false,
        repeat: 1,
        failKnownBugs: false,
      },
    },
    {
      onEvent: (event) => {
        if (event.type === 'listed') cases = event.cases;
        if (event.type === 'trouble') troubles.push(event.message);
      },
      onOutput: (chunk) => process.stderr.write(chunk),
      signal: new AbortController().signal,
    },
  );
  if (troubles.length > 0) {
    throw new RunError({
      code: 'WB_RUN_SUITE_BROKEN',
      action: `list the cases of ${names.join(', ')}`,
      observed: troubles.join('\n'),
      advice: 'Mend the suite: its files must load without a cloud.',
    });
  }
  if (cases.length === 0) {
    throw new RunError({
      code: 'WB_RUN_NO_CASES',
      action: `list the cases of ${names.join(', ')}`,
      observed: noCasesIn(suites),
      advice: 'Is the suite built? "whitebox.cases" of its package.json says where its cases are.',
    });
  }
  const wanted = options.filter === undefined ? undefined : new RegExp(options.filter);
  const listed = cases.filter(({ name }) => wanted?.test(name) ?? true);
  process.stdout.write(
    options.json === true ? `${JSON.stringify(listed, undefined, 2)}\n` : asText(listed, cases.length),
  );
  return ExitCode.Passed;
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
