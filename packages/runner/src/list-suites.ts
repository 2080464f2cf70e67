import type { CaseListing } from './case-result.js';
import { runEngine } from './engine-client.js';
import { RunError } from './errors.js';
import { noCasesIn, type SuitePackage } from './suite-package.js';

/**
 * Every case of suites, without running any. No cloud is needed.
 *
 * @throws RunError `WB_RUN_SUITE_BROKEN`, `WB_RUN_NO_CASES`
 */
export async function listSuites(suites: readonly SuitePackage[]): Promise<readonly CaseListing[]> {
  const names = suites.map(({ name }) => name).join(', ');
  let cases: readonly CaseListing[] = [];
  const troubles: string[] = [];
  const decoder = new TextDecoder();
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
      onOutput: (chunk) => process.stderr.write(decoder.decode(chunk, { stream: true })),
      signal: new AbortController().signal,
    },
  );
  if (troubles.length > 0) {
    throw new RunError({
      code: 'WB_RUN_SUITE_BROKEN',
      action: `list the cases of ${names}`,
      observed: troubles.join('\n'),
      advice: 'Mend the suite: its files must load without a cloud.',
    });
  }
  if (cases.length === 0) {
    throw new RunError({
      code: 'WB_RUN_NO_CASES',
      action: `list the cases of ${names}`,
      observed: noCasesIn(suites),
      advice: 'Is the suite built? "whitebox.cases" of its package.json says where its cases are.',
    });
  }
  return cases;
}
