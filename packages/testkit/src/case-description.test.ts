import { expect, it } from 'vitest';
import { describeCase } from './case-description.js';
import type { Need } from './needs.js';

const need = (text: string, hardware?: string): Need => ({
  text,
  hardware,
  missing: () => Promise.resolve(undefined),
});

it('names each device once, and leaves out what only a run can use', () => {
  const knownBugs = [{ bug: 'lp#1', fixedBy: 30, what: 'leaks', shows: /leak/ }];
  const needs = [need('2 computes'), need('a VF', 'SR-IOV NIC'), need('a PF', 'SR-IOV NIC')];
  expect(describeCase({ needs, replaces: ['old.test'], since: 26, knownBugs })).toEqual({
    needs: ['2 computes', 'a VF', 'a PF'],
    hardware: ['SR-IOV NIC'],
    replaces: ['old.test'],
    since: 26,
    knownBugs: [{ bug: 'lp#1', fixedBy: 30, what: 'leaks' }],
  });
});

it('has something to say of a case without options', () => {
  expect(describeCase({})).toEqual({ needs: [], hardware: [], replaces: [], knownBugs: [] });
});
