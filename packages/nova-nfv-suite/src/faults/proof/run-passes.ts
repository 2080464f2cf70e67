import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseListing, RunResults } from '@whitebox/runner';
import type { Fault } from '../fault.js';
import type { ProvenCase } from '../proven-by-unit-tests.js';
import { chosenVariable, writeChosenFaults } from './chosen-faults.js';
import { judge, worthAnotherTry, type Judgement, type Pass } from './judge.js';

/** Tells the observer in the engine where to write down what it broke. */
export const logVariable = 'WHITEBOX_FAULTS_LOG';

export interface ProofOptions {
  readonly faults: readonly Fault[];
  /** What unit tests show of cases that no lab can run. */
  readonly unitTests: readonly ProvenCase[];
  /** Folder for the results of each pass. */
  readonly folder: string;
  /** Folder of the suite, built. */
  readonly suite: string;
  /** Options of `whitebox run` that say which cloud it is. */
  readonly cloud: readonly string[];
  /** Only cases whose name matches. */
  readonly filter?: string | undefined;
  /** Runs `whitebox` with these arguments, and tells its output line by line. @returns its exit code */
  readonly whitebox: (
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    onLine: (line: string) => void,
  ) => Promise<number>;
  /** Told when a pass begins. @returns told each line of its output, and its end */
  readonly onPass?: (title: string) => { readonly line: (text: string) => void; readonly end: () => void };
}

/**
 * Runs every case with each of its faults: in the first pass every case with its first fault, in later ones those that
 * have more. Where a pass shows nothing of a case, because something else was in the way of the fault, the case is tried
 * once more, and the row says so. Known bugs count as failures, so that a case which runs into one is judged by its reason like any other.
 */
export async function proveFaults(options: ProofOptions): Promise<Judgement> {
  const { faults, folder } = options;
  const cases = await listCases(options);
  const passes: Pass[] = [];
  for (let pass = 1; ; pass += 1) {
    const concerned = cases.filter(
      ({ name }) => pass === 1 || faults.filter(({ testName }) => testName === name).length >= pass,
    );
    if (concerned.length === 0) break;
    const run = async (title: string, chosen: readonly CaseListing[], name: string): Promise<Pass> => {
      const told = options.onPass?.(title);
      const done = await runPass(options, pass - 1, chosen, join(folder, name), told?.line);
      told?.end();
      return done;
    };
    const title = `pass ${pass}: ${concerned.length} cases, each with fault ${pass} of it`;
    const first = await run(title, concerned, `pass-${pass}`);
    const open = first.interrupted ? [] : worthAnotherTry(concerned, faults, first, pass);
    const again =
      open.length === 0
        ? undefined
        : await run(
            `pass ${pass}, once more: ${open.length} cases of which it showed nothing`,
            open,
            `pass-${pass}-again`,
          );
    passes.push({ ...first, again });
    if (first.interrupted || again?.interrupted === true) break;
  }
  const wanted = options.filter === undefined ? undefined : new RegExp(options.filter);
  return judge(
    cases,
    faults.filter(({ testName }) => wanted?.test(testName) ?? true),
    passes,
    options.unitTests,
  );
}

async function listCases({ whitebox, suite, filter }: ProofOptions): Promise<CaseListing[]> {
  const lines: string[] = [];
  const only = filter === undefined ? [] : ['--filter', filter];
  const code = await whitebox(['list', suite, '--json', ...only], {}, (line) => lines.push(line));
  if (code !== 0) throw new Error(`The cases cannot be listed: ${lines.join('\n')}`);
  return JSON.parse(lines.join('\n')) as CaseListing[];
}

async function runPass(
  { faults, suite, cloud, whitebox }: ProofOptions,
  index: number,
  cases: readonly CaseListing[],
  folder: string,
  line: (text: string) => void = () => undefined,
): Promise<Pass> {
  await mkdir(folder, { recursive: true });
  const log = join(folder, 'broken.log');
  await appendFile(log, '');
  const chosenFile = join(folder, 'faults.json');
  const ofEach = cases.map(({ name }) => faults.filter(({ testName }) => testName === name)[index]);
  await writeChosenFaults(
    chosenFile,
    ofEach.filter((fault) => fault !== undefined),
  );
  const names = cases.map(({ name }) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const output: string[] = [];
  const code = await whitebox(
    [
      ...['run', suite, ...cloud, '--fail-known-bugs', '--results', folder],
      ...['--observer', join(suite, 'dist-test/break-the-cloud.suite.js')],
      ...['--filter', `^(${names.join('|')})$`],
    ],
    { [chosenVariable]: chosenFile, [logVariable]: log },
    (text) => {
      output.push(text);
      line(text);
    },
  );
  const text = await readFile(join(folder, 'results.json'), 'utf8').catch(() => undefined);
  if (text === undefined) {
    const troubles = [`whitebox run ended with exit code ${code}: ${output.slice(-5).join('\n')}`];
    return { results: [], broken: new Set(), troubles, interrupted: false };
  }
  const { cases: results, troubles, leftovers, interrupted } = JSON.parse(text) as RunResults;
  return {
    results,
    broken: new Set((await readFile(log, 'utf8')).split('\n').filter((name) => name !== '')),
    troubles: [
      ...troubles,
      ...leftovers.map((leftover) => `not given back: ${leftover}`),
      ...(interrupted ? ['interrupted'] : []),
    ],
    interrupted,
  };
}
