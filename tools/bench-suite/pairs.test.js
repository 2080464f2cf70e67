import { expect, it } from 'vitest';
import { pairUp } from './pairs.js';

/** @param {string} id @param {string} replaced */
const means = (id, replaced) => id === replaced;

it('puts together what has to do with one another, and leaves out tests without a case', () => {
  const cases = [
    { name: 'walks', replaces: ['a', 'b'] },
    { name: 'one half', replaces: ['c'] },
    { name: 'the other half', replaces: ['c', 'd'] },
    { name: 'bridges', replaces: ['e', 'f'] },
    { name: 'also f', replaces: ['f', 'g'] },
    { name: 'beyond', replaces: [] },
  ];
  const tests = ['a', 'c', 'e', 'b', 'd', 'g', 'f', 'z'].map((id) => ({ id }));
  expect(pairUp(cases, tests, means)).toEqual([
    { ours: ['walks'], theirs: [{ id: 'a' }, { id: 'b' }] },
    { ours: ['one half', 'the other half'], theirs: [{ id: 'c' }, { id: 'd' }] },
    { ours: ['bridges', 'also f'], theirs: [{ id: 'e' }, { id: 'g' }, { id: 'f' }] },
  ]);
});
