import { beforeAll, expect, it } from 'vitest';
import { listCases } from '../coverage-table/list-cases.suite.js';
import { faults } from './index.js';
import { notProvenYet, provenByUnitTests } from './proven-by-unit-tests.js';

let names: string[];

beforeAll(async () => {
  names = (await listCases()).map(({ name }) => name);
});

it('each case has a fault that must turn it red, or a unit test, or is known to have neither', () => {
  const said = new Set([...faults, ...provenByUnitTests, ...notProvenYet].map(({ testName }) => testName));
  expect(names.filter((name) => !said.has(name))).toEqual([]);
});

it('each fault is for a case that there is', () => {
  const unknown = [...faults, ...provenByUnitTests, ...notProvenYet].filter(
    ({ testName }) => !names.includes(testName),
  );
  expect(unknown.map(({ testName }) => testName)).toEqual([]);
});

it('each fault has a name of its own among those of its case', () => {
  const said = faults.map(({ testName, what }) => `${testName}: ${what}`);
  expect(said.filter((one, index) => said.indexOf(one) !== index)).toEqual([]);
});
