import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CaseListing } from './case-result.js';
import { plannedCases } from './planned-cases.js';
import { parts, readTimes, shardOf, takeShard, timeOf } from './shard.js';

/** Cases with the times that some of them took, and a number of parts. */
const cases = fc
  .tuple(
    fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 60 }),
    fc.array(fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined }), { maxLength: 60 }),
    fc.integer({ min: 1, max: 70 }),
  )
  .map(([ids, times, of]) => ({
    ids,
    of,
    times: Object.fromEntries(
      ids.flatMap((id, index) => {
        const ms = times[index];
        return ms === undefined ? [] : [[id, ms]];
      }),
    ),
  }));

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

describe('parts', () => {
  it('have every case once, and keep their order', () => {
    fc.assert(
      fc.property(cases, ({ ids, of, times }) => {
        const made = parts(ids, of, times);
        expect(made).toHaveLength(of);
        expect(made.flat().sort()).toEqual([...ids].sort());
        for (const part of made) expect(part).toEqual(ids.filter((id) => part.includes(id)));
      }),
    );
  });

  it('are the same wherever they are made, in whatever order the cases come', () => {
    fc.assert(
      fc.property(cases, ({ ids, of, times }) => {
        const sorted = (made: readonly (readonly string[])[]): unknown =>
          made.map((part) => [...part].sort());
        expect(sorted(parts([...ids].reverse(), of, times))).toEqual(sorted(parts(ids, of, times)));
      }),
    );
  });

  it('take as long as each other, but for the time of one case; without times they have as many', () => {
    fc.assert(
      fc.property(cases, ({ ids, of, times }) => {
        const known = Object.values(times);
        // What is not known is taken for the middle of what is.
        const most = Math.max(1, ...known);
        const usual = [...known].sort((a, b) => a - b)[Math.floor(known.length / 2)] ?? 1;
        const loads = parts(ids, of, times).map((part) => sum(part.map((id) => timeOf(times, id) ?? usual)));
        expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(most);
        const sizes = parts(ids, of, {}).map((part) => part.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('put the longest apart', () => {
    const made = parts(['a', 'b', 'c', 'd'], 2, { a: 100, b: 90, c: 50, d: 45 });
    expect(made).toEqual([
      ['a', 'd'],
      ['b', 'c'],
    ]);
  });
});

describe('takeShard', () => {
  it('has one plan for all parts of the same cases, and another one for others', () => {
    const notes = [1, 2, 3].map((index) => takeShard(['a', 'b', 'c', 'd'], { index, of: 3 }, {}).note);
    expect(new Set(notes.map(({ plan }) => plan)).size).toBe(1);
    expect(notes[1]).toMatchObject({ index: 2, of: 3, cases: 4 });
    const plan = notes[0]?.plan;
    expect(takeShard(['a', 'b', 'c'], { index: 1, of: 3 }, {}).note.plan).not.toBe(plan);
    expect(takeShard(['a', 'b', 'c', 'd'], { index: 1, of: 2 }, {}).note.plan).not.toBe(plan);
    expect(takeShard(['a', 'b', 'c', 'd'], { index: 1, of: 3 }, { d: 9, c: 8 }).note.plan).not.toBe(plan);
    expect(takeShard(['d', 'c', 'b', 'a'], { index: 1, of: 3 }, {}).note.plan).toBe(plan);
  });

  it('refuses shards that would have nothing to run', () => {
    expect(() => takeShard(['a'], { index: 1, of: 2 }, {})).toThrow('only 1 cases for 2 shards');
  });
});

it.each([
  ['1/1', { index: 1, of: 1 }],
  ['3/12', { index: 3, of: 12 }],
  ['0/3', undefined],
  ['4/3', undefined],
  ['1/0', undefined],
  ['-1/3', undefined],
  ['1', undefined],
  ['1/2/3', undefined],
  ['a/b', undefined],
])('reads --shard %s', (text, shard) => {
  expect(shardOf(text)).toEqual(shard);
});

describe('plannedCases', () => {
  const listed = ['one', 'two', 'three', 'four'].map((name): CaseListing => ({
    ...{ suite: 's', id: `s/f > ${name}`, testId: `s.f.${name}`, name },
    ...{ needs: [], hardware: [], replaces: [], knownBugs: [] },
  }));
  const list = (): Promise<readonly CaseListing[]> => Promise.resolve(listed);

  it('shares what the filters and lists leave', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'whitebox-shard-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const loadList = join(folder, 'list');
    await writeFile(loadList, 's.f.one\ns.f.two\ns.f.three\n');
    const times = join(folder, 'times');
    await writeFile(times, '{"s/f > one": 10, "s/f > three": 5}');
    const taken = await Promise.all(
      [1, 2].map((index) =>
        plannedCases([], { loadList, excludeRegex: 'two', times, shard: { index, of: 2 } }, list),
      ),
    );
    expect(taken.map(({ only }) => only)).toEqual([['s/f > one'], ['s/f > three']]);
    expect(taken[0]?.shard).toMatchObject({ index: 1, of: 2, cases: 2 });
  });

  it('shares all where nothing is selected, and asks for nothing where all is to run', async () => {
    expect((await plannedCases([], { shard: { index: 2, of: 4 } }, list)).only).toHaveLength(1);
    expect(await plannedCases([], {}, () => Promise.reject(new Error('asked')))).toEqual({});
  });

  it('refuses times that nobody needs', async () => {
    await expect(plannedCases([], { times: 'x' }, list)).rejects.toThrow('no --shard');
  });
});

describe('readTimes', () => {
  async function file(text: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'whitebox-times-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'times'), text);
    return join(folder, 'times');
  }

  it('takes the cases of a run that passed', async () => {
    const cases = [
      { id: 'a', verdict: 'passed', durationMs: 7 },
      { id: 'b', verdict: 'skipped', durationMs: 0 },
    ];
    expect(await readTimes(await file(JSON.stringify({ cases })))).toEqual({ a: 7 });
  });

  it.each([
    ['{', 'JSON'],
    ['[]', 'no times'],
    ['{"cases": []}', 'no times'],
    ['{"name": "x"}', 'something else'],
  ])('refuses %s', async (text, why) => {
    const path = await file(text);
    await expect(readTimes(path)).rejects.toThrow(why);
    await expect(readTimes(path)).rejects.toMatchObject({ code: 'WB_RUN_USAGE' });
  });
});
