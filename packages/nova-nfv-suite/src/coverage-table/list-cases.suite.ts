import { join } from 'node:path';
import type { RunContext } from '@whitebox/testkit';
import { createVitest } from 'vitest/node';
import type { ListedCase } from './coverage-table.js';

const suite = join(import.meta.dirname, '../..');
const context: RunContext = {
  cloud: {},
  runId: 'list',
  stateDirectory: '',
  observers: [],
  requireNeeds: false,
  failKnownBugs: false,
  repeat: 1,
};

/** The cases of this suite, from their sources, with the ids that `whitebox list` gives them; sorted by them. */
export async function listCases(): Promise<ListedCase[]> {
  const vitest = await createVitest(
    'test',
    {
      config: false,
      root: suite,
      include: ['src/cases/*.ts'],
      watch: false,
      provide: { whitebox: context },
      reporters: [{}],
    },
    {
      logLevel: 'error',
      resolve: {
        alias: [
          {
            find: /^@whitebox\/([a-z-]+)$/,
            replacement: join(suite, '../$1/src/index.ts'),
          },
        ],
      },
    },
  );
  try {
    const { testModules, unhandledErrors } = await vitest.collect();
    const errors = [...unhandledErrors, ...testModules.flatMap((module) => module.errors())];
    if (errors.length > 0) throw new AggregateError(errors, 'The cases cannot be listed.');
    const cases = testModules.flatMap((module) => {
      const file = module.relativeModuleId.replace(/^.*\//, '').replace(/\.ts$/, '');
      return [...module.children.allTests()].map((test) => ({
        ...(test.meta() as unknown as Omit<ListedCase, 'id' | 'name'>),
        id: `@whitebox/nova-nfv-suite/${file} > ${test.name}`,
        name: test.name,
      }));
    });
    return cases.sort((a, b) => (a.id < b.id ? -1 : 1));
  } finally {
    await vitest.close();
  }
}
