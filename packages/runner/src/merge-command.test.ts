import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaseResult, Verdict } from './case-result.js';
import { ExitCode } from './exit-codes.js';
import { merge } from './merge-command.js';
import { mergeResults, type Part } from './merge-results.js';
import { readResults } from './report-command.js';
import { count, type RunResults } from './results.js';
import { takeShard } from './shard.js';
import { writeAllResults } from './write-all-results.js';

const names = Array.from({ length: 23 }, (_, index) => `case ${index}`);
const idOf = (name: string): string => `s/f > ${name}`;
const start = Date.parse('2026-11-22T18:00:00.000Z');

function result(name: string, verdict: Verdict): CaseResult {
  return {
    ...{ suite: 's', id: idOf(name), testId: `s.f.${name.replace(' ', '_')}`, name, verdict },
    started: new Date(start + names.indexOf(name) * 1000).toISOString(),
    durationMs: 1000,
    ...(verdict === 'skipped' ? { reason: 'needs a NIC; found none' } : {}),
    failures: verdict === 'failed' ? [{ message: '5 != 7' }] : [],
    ...{ steps: [], evidence: [], invariants: [] },
  };
}

const verdictOf = (name: string): Verdict =>
  name === 'case 3' ? 'failed' : name === 'case 5' ? 'skipped' : 'passed';

/** The results of one of several shards. */
function shardResults(index: number, of: number, change: Partial<RunResults> = {}): RunResults {
  const { ids, note } = takeShard(names.map(idOf), { index, of }, {});
  const cases = names.filter((name) => ids.includes(idOf(name))).map((name) => result(name, verdictOf(name)));
  return {
    format: 1,
    started: new Date(start + index).toISOString(),
    durationMs: 30_000,
    suites: [{ name: 's', version: '1' }],
    counts: count(cases),
    shard: note,
    interrupted: false,
    facts: ['Nova 26'],
    warnings: [],
    troubles: [],
    leftovers: [],
    cases,
    ...change,
  };
}

const parts = (...results: readonly RunResults[]): readonly Part[] =>
  results.map((one, index) => ({ folder: `part-${index + 1}`, results: one }));

describe('mergeResults', () => {
  it.each([1, 2, 3, 5, 8, 23])('has every case of %i shards once, in the order in which they ran', (of) => {
    const all = Array.from({ length: of }, (_, index) => shardResults(index + 1, of));
    const merged = mergeResults(parts(...all));
    expect(merged.cases.map(({ name }) => name)).toEqual(names);
    expect(merged).toMatchObject({
      counts: { passed: 21, failed: 1, skipped: 1 },
      started: new Date(start + 1).toISOString(),
      durationMs: 30_000 + of - 1,
      facts: ['Nova 26'],
      troubles: [],
      warnings: [],
    });
    expect(mergeResults([...parts(...all)].reverse()).cases).toEqual(merged.cases);
  });

  it('does not look green where a shard is missing, or a case has no result', () => {
    expect(mergeResults(parts(shardResults(1, 3), shardResults(3, 3))).troubles).toEqual([
      'shard 2/3 is missing: its cases have no result',
    ]);
    const short = { cases: shardResults(2, 2).cases.slice(1) };
    expect(mergeResults(parts(shardResults(1, 2), shardResults(2, 2, short))).troubles).toEqual([
      '1 of 23 cases have no result in any shard',
    ]);
  });

  it('says of which shard what is that belongs to no case', () => {
    const second = { troubles: ['died'], leftovers: ['server'], interrupted: true, facts: ['Nova 27'] };
    expect(mergeResults(parts(shardResults(1, 2), shardResults(2, 2, second)))).toMatchObject({
      troubles: ['shard 2/2: died'],
      leftovers: ['shard 2/2: server'],
      interrupted: true,
      facts: ['shard 1/2: Nova 26', 'shard 2/2: Nova 27'],
    });
  });

  it('says that parts ran on different clouds, or on different releases', () => {
    const on = (cloud: string, release: string): Partial<RunResults> => ({
      cloud,
      facts: [`Nova: ${release}; its databases as nova`, 'compute1: dedicated CPUs 2-3'],
    });
    const [one, other] = [on('http://one:5000', 'zed'), on('http://two:5000', 'caracal')];
    const warnings = (second: Partial<RunResults>): readonly string[] =>
      mergeResults(parts(shardResults(1, 2, one), shardResults(2, 2, second))).warnings;
    expect(warnings(other)).toEqual([
      'The parts ran on different clouds: shard 1/2 on http://one:5000, shard 2/2 on http://two:5000.',
      'The parts ran on different releases: shard 1/2 on Nova: zed, shard 2/2 on Nova: caracal.',
    ]);
    expect(warnings({ ...other, ...on('http://one:5000', 'zed') })).toEqual([]);
    expect(warnings({ facts: [], cloud: undefined })).toEqual([]);
    const same = mergeResults(parts(shardResults(1, 2, one), shardResults(2, 2, one)));
    expect(same.cloud).toBe('http://one:5000');
    expect(mergeResults(parts(shardResults(1, 2, one), shardResults(2, 2, other))).cloud).toBeUndefined();
  });

  it('keeps one of a case that several have with the same verdict, and says so', () => {
    const whole = mergeResults(parts(shardResults(1, 1), shardResults(1, 1)));
    expect(whole.cases).toHaveLength(23);
    expect(whole.warnings).toEqual([
      '23 cases are in several parts with the same verdict; what ran first was kept.',
    ]);
  });

  it('merges parts that were selected by hand, and counts the attempts of each case', () => {
    const noShard = { shard: undefined, repeat: 2 };
    const attempts = [1, 2].map((attempt) => ({
      ...result('case 1', attempt === 1 ? ('passed' as const) : ('failed' as const)),
      attempt,
    }));
    const one = shardResults(1, 2, { ...noShard, cases: attempts });
    const other = shardResults(2, 2, { ...noShard, cases: [{ ...result('case 2', 'passed'), attempt: 1 }] });
    expect(mergeResults(parts(one, other))).toMatchObject({
      repeat: 2,
      counts: { passed: 2, failed: 1, skipped: 0 },
      flaky: [{ id: 's/f > case 1', passed: 1, failed: 1 }],
      troubles: [],
    });
  });

  it.each<[string, RunResults, RegExp]>([
    [
      'a case with two verdicts',
      shardResults(2, 2, { cases: [result('case 3', 'passed'), ...shardResults(1, 2).cases.slice(1)] }),
      /different verdicts in two parts:\n\s+s\/f > case \d+: \w+ in part-1, \w+ in part-2/,
    ],
    ['another number of shards', shardResults(2, 3), /part-1 and part-2 are shards of different numbers/],
    ['no shard', shardResults(2, 2, { shard: undefined }), /different numbers/],
    [
      'another plan',
      shardResults(2, 2, { shard: { index: 2, of: 2, cases: 23, plan: 'other' } }),
      /shards of different cases, or were made with different times/,
    ],
    [
      'another version',
      shardResults(2, 2, { suites: [{ name: 's', version: '2' }] }),
      /s is 1 in part-1 and 2/,
    ],
    [
      'cases of an old version',
      shardResults(2, 2, { cases: [{ ...result('case 2', 'passed'), started: '' }] }),
      /part-2 does not say when its cases began/,
    ],
    ['another --repeat', shardResults(2, 2, { repeat: 5 }), /a different number of times/],
  ])('refuses parts with %s', (_what, second, why) => {
    const first = shardResults(1, 2);
    const cases = [...first.cases, result('case 3', 'failed')].filter(
      ({ id }, index, all) => all.findIndex((one) => one.id === id) === index,
    );
    const merging = (): RunResults => mergeResults(parts({ ...first, cases }, second));
    expect(merging).toThrow(why);
    expect(merging).toThrow(expect.objectContaining({ code: 'WB_RUN_MERGE' }) as Error);
  });
});

describe('whitebox merge', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'whitebox-merge-'));
    for (const index of [1, 2]) await writeAllResults(join(folder, String(index)), shardResults(index, 2));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const at = (...names: string[]): string[] => names.map((name) => join(folder, name));

  it('writes the results of all in every form, and ends as the whole run would have', async () => {
    const [one = '', two = '', all = ''] = at('1', '2', 'all');
    expect(await merge([one, two], { results: all })).toBe(ExitCode.CaseFailed);
    const merged = await readResults(join(all, 'results.json'));
    expect(merged.counts).toEqual({ passed: 21, failed: 1, skipped: 1 });
    expect(merged.shard).toBeUndefined();
    const text = async (name: string): Promise<string> => readFile(join(all, name), 'latin1');
    expect(await text('junit.xml')).toContain('tests="23" failures="1" errors="0" skipped="1"');
    expect(await text('report.html')).toContain('1 of 23 cases failed');
    for (const name of names) {
      const id = `s.f.${name.replace(' ', '_')}`;
      expect(await text('testrepository.subunit')).toContain(id);
      expect(await text('.stestr/0')).toContain(id);
    }
    expect(await text('.stestr/failing')).toContain('s.f.case_3');
    expect(await readdir(all)).not.toContain('results.json.part');
  });

  it('writes JUnit and the page where they are asked for, too, and the logs of all one after the other', async () => {
    const [one = '', two = '', all = '', junit = '', html = ''] = at('1', '2', 'all', 'x/j.xml', 'y/p.html');
    await writeFile(join(one, 'engine.log'), 'said by one');
    await writeFile(join(two, 'engine.log'), 'said by two\n');
    await merge([one, two], { results: all, junit, html });
    const text = async (file: string): Promise<string> => readFile(file, 'utf8');
    expect(await text(junit)).toBe(await text(join(all, 'junit.xml')));
    expect(await text(html)).toBe(await text(join(all, 'report.html')));
    expect(await text(join(all, 'engine.log'))).toBe(`=== ${one}\nsaid by one\n=== ${two}\nsaid by two\n`);
    await rm(join(two, 'engine.log'));
    await merge([one, two], { results: all });
    expect(await text(join(all, 'engine.log'))).toBe(
      `=== ${one}\nsaid by one\n=== ${two}\n(there is no such file or folder)\n`,
    );
  });

  it('tells where it cannot write before it writes anything', async () => {
    const [one = '', two = '', all = '', file = ''] = at('1', '2', 'all', 'file');
    await writeFile(file, '');
    const merging = merge([one, two], { results: all, junit: join(file, 'j.xml') });
    await expect(merging).rejects.toMatchObject({ code: 'WB_RUN_USAGE' });
    await expect(merging).rejects.toThrow('--junit');
    await expect(readdir(all)).rejects.toThrow('ENOENT');
  });

  it('ends as a run that could not be carried out where a shard is missing', async () => {
    const [two = '', all = ''] = at('2', 'all');
    const { cases } = await readResults(join(two, 'results.json'));
    expect(cases.every(({ verdict }) => verdict !== 'failed')).toBe(true);
    expect(await merge([two], { results: all })).toBe(ExitCode.NotRun);
  });

  it('refuses a folder without results, results of another format, and to write over a part', async () => {
    const [one = '', gone = '', all = ''] = at('1', 'gone', 'all');
    await expect(merge([one, gone], { results: all })).rejects.toThrow(
      /from .*gone\/results\.json: there is no such file/,
    );
    await writeFile(join(one, 'results.json'), JSON.stringify({ ...shardResults(1, 2), format: 2 }));
    await expect(merge([one], { results: all })).rejects.toThrow(/format 2, and this version .* reads 1/);
    await expect(merge([one], { results: one })).rejects.toMatchObject({ code: 'WB_RUN_USAGE' });
    await expect(readdir(all)).rejects.toThrow('ENOENT');
  });
});
