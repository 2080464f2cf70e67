import type { CaseListing, CaseResult } from '@whitebox/runner';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../fault.js';
import { faultsTable } from './faults-table.js';
import { judge, worthAnotherTry, type Pass } from './judge.js';

const listed = (name: string): CaseListing => ({
  suite: 's',
  id: `s/file > ${name}`,
  testId: `s.file.${name}`,
  name,
  needs: [],
  hardware: [],
  replaces: [],
  knownBugs: [],
});

const fault = (testName: string, what = 'a pin moves', expects = /CPUs 4, expected 2/): Fault => ({
  testName,
  what,
  layer: 'domain XML',
  step: 'boot',
  break: () => Promise.resolve(),
  expects,
});

const result = (name: string, change: Partial<CaseResult>): CaseResult => ({
  ...listed(name),
  verdict: 'passed',
  started: '2026-11-22T18:15:00.000Z',
  durationMs: 1,
  failures: [],
  steps: [],
  evidence: [],
  invariants: [],
  ...change,
});

const failed = (name: string, message: string): CaseResult =>
  result(name, { verdict: 'failed', failures: [{ message }] });

/** One pass in which each named fault came to its moment. */
const pass = (results: readonly CaseResult[], broken = results.map(({ name }) => name)): Pass => ({
  results,
  broken: new Set(broken),
  troubles: [],
  interrupted: false,
});

function verdictOf(one: CaseResult, broken?: string[]) {
  const { rows } = judge([listed('a')], [fault('a')], [pass([one], broken)]);
  return rows[0];
}

describe('the judgement of a fault', () => {
  it('is "noticed" when the case failed for the expected reason, with the line that says so', () => {
    const row = verdictOf(failed('a', 'cpus of wb-1:\nCPUs 4, expected 2\nand more'));
    expect(row).toMatchObject({
      id: 's/file > a',
      what: 'a pin moves',
      layer: 'domain XML',
      verdict: 'noticed',
      byCase: 'CPUs 4, expected 2',
      byInvariants: [],
    });
  });

  it('is "another reason" when it failed over something else', () => {
    expect(verdictOf(failed('a', 'connection lost\nat x'))).toMatchObject({
      verdict: 'another reason',
      byCase: 'connection lost',
    });
  });

  it('is "unnoticed" when it passed', () => {
    expect(verdictOf(result('a', {}))).toMatchObject({ verdict: 'unnoticed' });
  });

  it('is "not broken" when the moment of the fault never came, however the case ended', () => {
    expect(verdictOf(result('a', {}), [])).toMatchObject({ verdict: 'not broken' });
    expect(verdictOf(failed('a', 'CPUs 4, expected 2'), [])).toMatchObject({ verdict: 'not broken' });
  });

  it('is "not run" when the cloud does not have what the case needs', () => {
    const skipped = result('a', { verdict: 'skipped', reason: 'needs a NIC; found none' });
    expect(verdictOf(skipped, [])).toMatchObject({ verdict: 'not run', byCase: 'needs a NIC; found none' });
  });

  it('is "missing" when the run ended before it', () => {
    const { rows } = judge([listed('a')], [fault('a')], [pass([])]);
    expect(rows[0]).toMatchObject({ verdict: 'missing' });
  });

  it('names the invariants that were violated too', () => {
    const one = { ...failed('a', 'CPUs 4, expected 2'), invariants: [{ id: 'CPU-1', text: 'x' }] };
    expect(verdictOf(one)).toMatchObject({ verdict: 'noticed', byInvariants: ['CPU-1'] });
  });

  it('is "by invariants" when only they noticed it; that alone does not prove that the case can fail', () => {
    const one = { ...result('a', {}), invariants: [{ id: 'CPU-1', text: 'x' }] };
    expect(verdictOf(one)).toMatchObject({ verdict: 'by invariants', byInvariants: ['CPU-1'] });
    const alone = judge([listed('a')], [fault('a')], [pass([one])]);
    expect(alone.complaints).toEqual(['no fault turns it red: s/file > a']);
    const [first, second] = [pass([failed('a', 'CPUs 4, expected 2')]), pass([one])];
    expect(judge([listed('a')], [fault('a'), fault('a')], [first, second]).complaints).toEqual([]);
  });

  it('takes the second fault of a case from the second pass', () => {
    const { rows } = judge(
      [listed('a')],
      [fault('a'), fault('a', 'a row changes', /row/)],
      [pass([failed('a', 'CPUs 4, expected 2')]), pass([failed('a', 'the row differs')])],
    );
    expect(rows.map(({ verdict, byCase }) => [verdict, byCase])).toEqual([
      ['noticed', 'CPUs 4, expected 2'],
      ['noticed', 'the row differs'],
    ]);
  });
});

describe('what a judgement complains about', () => {
  it('is nothing where each case that ran noticed each of its faults', () => {
    const { complaints } = judge([listed('a')], [fault('a')], [pass([failed('a', 'CPUs 4, expected 2')])]);
    expect(complaints).toEqual([]);
  });

  it('is a case without a fault, one that no fault turns red, and a fault for no case', () => {
    const { complaints } = judge(
      [listed('a'), listed('b')],
      [fault('a'), fault('gone')],
      [pass([result('a', {}), result('b', {})])],
    );
    expect(complaints).toEqual([
      'no fault turns it red: s/file > a',
      'unnoticed: a pin moves (s/file > a)',
      'no fault is there for: s/file > b',
      'a fault is for a case that there is not: gone (a pin moves)',
    ]);
  });

  it('is no case that the cloud cannot run: unit tests cover it', () => {
    const skipped = result('a', { verdict: 'skipped', reason: 'needs a NIC; found none' });
    expect(judge([listed('a')], [fault('a')], [pass([skipped])]).complaints).toEqual([]);
  });

  it('is no case without a fault that a unit test turns red', () => {
    const skipped = result('a', { verdict: 'skipped', reason: 'needs a NIC; found none' });
    const unitTests = [{ testName: 'a', bug: 'F52 the row is free', by: 'device-cases.test.ts' }];
    const { rows, complaints } = judge([listed('a')], [], [pass([skipped])], unitTests);
    expect(complaints).toEqual([]);
    expect(rows).toMatchObject([
      {
        verdict: 'unit test',
        what: 'F52 the row is free',
        layer: 'made-up cloud',
        byCase: 'device-cases.test.ts',
      },
    ]);
  });

  it('is no case of which it is said that nothing proves it yet; the table says so too', () => {
    const skipped = result('a', { verdict: 'skipped', reason: 'needs a NIC; found none' });
    const unitTests = [{ testName: 'a', bug: 'none yet', by: 'no such cloud', open: true }];
    const judgement = judge([listed('a')], [], [pass([skipped])], unitTests);
    expect(judgement.complaints).toEqual([]);
    expect(judgement.rows).toMatchObject([{ verdict: 'not proven', byCase: 'no such cloud' }]);
    expect(faultsTable(judgement)).toContain('1 not proven yet');
  });

  it('is what went wrong outside of the cases', () => {
    const trouble: Pass = { ...pass([failed('a', 'CPUs 4, expected 2')]), troubles: ['left: server wb-1'] };
    expect(judge([listed('a')], [fault('a')], [trouble]).complaints).toEqual(['pass 1: left: server wb-1']);
  });
});

describe('a second try', () => {
  const cases = [listed('a')];
  const faults = [fault('a')];
  const inTheWay = pass([failed('a', 'the cloud was busy')]);

  it.each([
    ['failed for another reason', inTheWay, ['a']],
    ['never came to its fault', pass([result('a', {})], []), ['a']],
    ['was not run to its end', pass([]), ['a']],
    ['noticed', pass([failed('a', 'CPUs 4, expected 2')]), []],
    ['did not notice: it had its chance', pass([result('a', {})]), []],
    ['cannot run in this cloud', pass([result('a', { verdict: 'skipped' })]), []],
  ])('is for a case that %s', (_, first, expected) => {
    expect(worthAnotherTry(cases, faults, first, 1).map(({ name }) => name)).toEqual(expected);
  });

  it('decides, and the row says what the first one was', () => {
    const { rows, complaints } = judge(cases, faults, [
      { ...inTheWay, again: pass([failed('a', 'CPUs 4, expected 2')]) },
    ]);
    expect(rows[0]).toMatchObject({ verdict: 'noticed', firstTry: 'another reason' });
    expect(complaints).toEqual([]);
  });

  it('that shows nothing either is a complaint', () => {
    const { rows, complaints } = judge(cases, faults, [{ ...inTheWay, again: inTheWay }]);
    expect(rows[0]?.verdict).toBe('another reason');
    expect(complaints).not.toEqual([]);
  });

  it('does not hide what it leaves behind', () => {
    const again = { ...pass([failed('a', 'CPUs 4, expected 2')]), troubles: ['not given back: port p'] };
    const { complaints } = judge(cases, faults, [{ ...inTheWay, again }]);
    expect(complaints).toEqual(['pass 1: not given back: port p']);
  });

  it('is not made where the first one was conclusive', () => {
    const { rows } = judge(cases, faults, [
      { ...pass([result('a', {})]), again: pass([failed('a', 'CPUs 4, expected 2')]) },
    ]);
    expect(rows[0]).toMatchObject({ verdict: 'unnoticed' });
  });
});
