import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Fault } from '../fault.js';
import { chosenVariable, readChosenFaults } from './chosen-faults.js';
import { logVariable, proveFaults } from './run-passes.js';

const fault = (testName: string, what: string): Fault => ({
  testName,
  what,
  layer: 'domain XML',
  step: 'boot',
  break: () => Promise.resolve(),
  expects: new RegExp(`saw ${what}`),
});
const [a1, a2, b1] = [fault('a', 'first'), fault('a', 'second'), fault('b', 'only')] as const;
const all = [a1, a2, b1];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'passes-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A `whitebox` whose observer breaks what it is told, and whose cases see what is broken. */
async function whitebox(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
): Promise<number> {
  if (args[0] === 'list') {
    onLine(JSON.stringify(['a', 'b'].map((name) => ({ id: `suite/file > ${name}`, name }))));
    return 0;
  }
  const filter = new RegExp(args[args.indexOf('--filter') + 1] ?? '');
  const cases = [...readChosenFaults(all, env[chosenVariable])]
    .filter(([name]) => filter.test(name))
    .map(([name, { what }]) => ({
      id: `suite/file > ${name}`,
      name,
      verdict: 'failed',
      failures: [{ message: `saw ${what}` }],
      invariants: [],
    }));
  await appendFile(env[logVariable] ?? '', cases.map(({ name }) => `${name}\n`).join(''));
  const results = { cases, troubles: [], leftovers: [], interrupted: false };
  await writeFile(join(args[args.indexOf('--results') + 1] ?? '', 'results.json'), JSON.stringify(results));
  return 1;
}

const prove = async (faults: readonly Fault[]): Promise<string[]> => {
  const { rows } = await proveFaults({ faults, unitTests: [], folder, suite: '/suite', cloud: [], whitebox });
  return rows.map(({ id, what, verdict }) => `${id.slice(-1)} ${what}: ${verdict}`);
};

it('breaks each case with each of its faults, one after the other', async () => {
  expect(await prove(all)).toEqual(['a first: noticed', 'a second: noticed', 'b only: noticed']);
});

it('breaks a case with the fault that was asked for, though it has others before that', async () => {
  expect(await prove([a2, b1])).toEqual(['a second: noticed', 'b only: noticed']);
});

it('chooses the first of each case where nothing is said', () => {
  expect([...readChosenFaults(all, undefined).values()].map(({ what }) => what).sort()).toEqual([
    'first',
    'only',
  ]);
});

it('refuses a choice that is not one of the faults', async () => {
  const path = join(folder, 'chosen.json');
  await writeFile(path, JSON.stringify([{ testName: 'a', what: 'third' }]));
  expect(() => readChosenFaults(all, path)).toThrow('chooses a fault that there is not: a: third');
});
