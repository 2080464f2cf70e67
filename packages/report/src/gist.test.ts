import { expect, it } from 'vitest';
import { gistOf } from './gist.js';

it.each([
  ['5 != 7\n  at x', '5 != 7'],
  [
    'The layers disagree on wb-1:\n  - vCPU 0: domain XML 0\n  - b',
    'The layers disagree on wb-1: vCPU 0: domain XML 0',
  ],
  ['compute1:\n  name is x', 'compute1: name is x'],
  ['nothing more:', 'nothing more:'],
  ['', ''],
])('what %j is about', (message, gist) => {
  expect(gistOf(message)).toBe(gist);
});
