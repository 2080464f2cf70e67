import { expect, it } from 'vitest';
import { bootId, identifyProcess, isAlive, startTimeFromStat } from './processes.js';

it('a process is identified by its start time, whatever its name is', () => {
  const tail = Array.from({ length: 30 }, (_, index) => String(index + 3));
  tail[0] = 'S';
  expect(startTimeFromStat(`42 (a) b (c) ${tail.join(' ')}`)).toEqual({ startTime: '22', state: 'S' });
});

it('a process is alive only as itself', () => {
  const me = identifyProcess(process.pid)!;
  expect(isAlive(me)).toBe(true);
  expect(isAlive({ ...me, startTime: '1' })).toBe(false);
  expect(isAlive({ ...me, bootId: `${bootId()}x` })).toBe(false);
});
