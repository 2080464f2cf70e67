import { expect, it } from 'vitest';
import { canvasFor } from './terminal.js';

const painted = (isTTY: boolean, env: Record<string, string>) =>
  canvasFor({ isTTY, columns: 90 }, env).paint('dedicated', '0 D');

it('paints on a terminal, and nowhere else', () => {
  expect(painted(true, {})).toBe('\u001B[32m0 D\u001B[39m');
  expect(painted(false, {})).toBe('0 D');
  expect(painted(true, { NO_COLOR: '1' })).toBe('0 D');
  expect(painted(true, { TERM: 'dumb' })).toBe('0 D');
});

it('knows the width of a terminal, and takes one for a pipe', () => {
  expect(canvasFor({ columns: 90 }, {}).columns).toBe(90);
  expect(canvasFor({}, {}).columns).toBe(100);
});
