import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLab } from '@whitebox/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaseListing, RunResults } from '@whitebox/runner';
import { faults } from './faults/index.js';

const suite = join(import.meta.dirname, '..');
const whitebox = join(suite, '../runner/dist/main.js');

/** The first fault of each case. */
const firstOfEach = [
  ...new Map(faults.toReversed().map((fault) => [fault.testName, fault])).values(),
].reverse();

/** Every case once, with the cloud broken behind its back: a case that does not notice is a case that checks nothing. */
describe('a broken cloud', () => {
  let folder: string;
  let output = '';
  let results: RunResults;

  beforeAll(async () => {
    const lab = await readLab();
    folder = await mkdtemp(join(tmpdir(), 'faults-'));
    const exitCode = await run('run', suite, [
      ...['--config', lab.files.tempestConf, '--cloud', lab.cloud, '--clouds-yaml', lab.files.cloudsYaml],
      ...['--observer', join(suite, 'dist-test/break-the-cloud.suite.js'), '--results', folder],
    ]);
    expect(exitCode, output).toBe(1);
    results = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as RunResults;
  }, 1_800_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** The state of the run goes into a folder of its own, so that no other run of this machine keeps it from starting. */
  function run(command: string, ...args: (string | readonly string[])[]): Promise<number> {
    return new Promise((resolve, reject) => {
      const env = { ...process.env, XDG_STATE_HOME: folder };
      const child = execFile(process.execPath, [whitebox, command, ...args.flat()], { env });
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (chunk: string) => {
          output += chunk;
        });
      }
      child.once('error', reject);
      child.once('close', (code) => {
        resolve(code ?? -1);
      });
    });
  }

  it.each(firstOfEach.map((fault) => [fault.what, fault] as const))('is noticed: %s', (_, fault) => {
    const result = results.cases.find(({ name }) => name === fault.testName);
    expect(result, `the case "${fault.testName}" ran`).toBeDefined();
    const { verdict, reason, failures } = result!;
    expect(verdict, reason).toBe('failed');
    expect(failures.map(({ message }) => message).join('\n')).toMatch(fault.expects);
  });

  it('leaves nothing behind', () => {
    expect(results.leftovers).toEqual([]);
    expect(results.troubles).toEqual([]);
  });

  it('has a fault for every case', async () => {
    const listing = await new Promise<string>((resolve, reject) => {
      execFile(process.execPath, [whitebox, 'list', suite, '--json'], (error, stdout) => {
        if (error instanceof Error) reject(error);
        else resolve(stdout);
      });
    });
    const names = (JSON.parse(listing) as CaseListing[]).map(({ name }) => name);
    expect(firstOfEach.map(({ testName }) => testName).sort()).toEqual(names.sort());
  });
});
