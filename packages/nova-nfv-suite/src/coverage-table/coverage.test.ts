import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { coverageProblems, coverageTable, type CoverageInput } from './coverage-table.js';
import type { LabRuns } from './lab-runs.js';
import { listCases } from './list-cases.suite.js';
import { inheritedTests, notReplaced, predecessorTests } from './predecessor-tests.js';

const docs = join(import.meta.dirname, '../../../../docs');
let input: CoverageInput;

beforeAll(async () => {
  const labRuns = JSON.parse(readFileSync(join(docs, 'lab-runs.json'), 'utf8')) as LabRuns;
  const cases = await listCases();
  input = { cases, tests: predecessorTests, inherited: inheritedTests, notReplaced, labRuns };
});

it('knows the 122 tests of the predecessor, each once', () => {
  expect(new Set(predecessorTests).size).toBe(122);
  expect(predecessorTests).toEqual(expect.arrayContaining(Object.values(inheritedTests)));
});

it('each of them has a case, or a reason why it has none', () => {
  expect(coverageProblems(input)).toEqual({ open: [], wrong: [] });
});

it('docs/coverage.md is current (npm run coverage-table)', async () => {
  await expect(coverageTable(input)).toMatchFileSnapshot(join(docs, 'coverage.md'));
});
