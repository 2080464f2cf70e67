import { describe, expect, it } from 'vitest';
import { coverageProblems, coverageTable, type CoverageInput, type ListedCase } from './coverage-table.js';

const listed = (name: string, change: Partial<ListedCase> = {}): ListedCase => ({
  id: `s/file > ${name}`,
  name,
  needs: [],
  hardware: [],
  replaces: [],
  knownBugs: [],
  ...change,
});

const input: CoverageInput = {
  cases: [listed('pins', { replaces: ['t.A.one'], needs: ['2 computes'], since: 26 }), listed('beyond')],
  tests: ['t.A.one', 't.A.two'],
  inherited: { 't.B.one': 't.A.one' },
  notReplaced: { 't.A.two': { why: 'it compares None with None.', instead: ['pins'] } },
  labRuns: { nfv: { recorded: '2026-11-22', cases: { pins: { verdict: 'passed' } } } },
};

describe('coverageProblems', () => {
  it('is quiet where each id has a case or a reason', () => {
    expect(coverageProblems(input)).toEqual({ open: [], wrong: [] });
  });

  it('names ids with neither', () => {
    expect(coverageProblems({ ...input, notReplaced: {} }).open).toEqual(['t.A.two']);
    expect(coverageProblems({ ...input, cases: [] }).open).toEqual(['t.A.one']);
  });

  it.each<[string, Partial<CoverageInput>]>([
    ['a case replaces t.A.gone, which there is not', { cases: [listed('pins', { replaces: ['t.A.gone'] })] }],
    [
      'a reason is given for t.A.gone, which there is not',
      { notReplaced: { 't.A.gone': { why: 'x', instead: [] } } },
    ],
    [
      't.A.one has a case and a reason why it has none',
      { notReplaced: { 't.A.one': { why: 'x', instead: [] } } },
    ],
    [
      't.A.two: instead of it there is no case "pin"',
      { notReplaced: { 't.A.two': { why: 'x', instead: ['pin'] } } },
    ],
    [
      'a lab run is recorded of "old", which there is not',
      { labRuns: { nfv: { recorded: 'd', cases: { old: { verdict: 'passed' } } } } },
    ],
  ])('says that %s', (text, change) => {
    expect(coverageProblems({ ...input, ...change }).wrong).toContain(text);
  });
});

it('the table has a row for each id, and what is beyond them', () => {
  const text = coverageTable(input);
  expect(text).toContain('| `t.A.one` | `file` pins | Nova 26; 2 computes | yes: nfv |\n');
  expect(text).toContain('| `t.A.two` | none: it compares None with None. Instead: “pins” |  |  |\n');
  expect(text).toContain('| `t.B.one` | inherited; repeats `t.A.one` |  |  |\n');
  expect(text).toContain('| `file` beyond |  | not recorded |\n');
  expect(text).toContain('2 have a case or a reason, 0 are open');
  expect(coverageTable({ ...input, notReplaced: {} })).toContain('| `t.A.two` | **open** |  |  |\n');
});
