import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProcStat } from './proc-stat.js';

/** Fields 4 to 52; `values` replaces some by their number in proc_pid_stat(5). */
function fields(values: Readonly<Record<number, number>>): string {
  return Array.from({ length: 49 }, (_, index) => values[index + 4] ?? 0).join(' ');
}

describe('parseProcStat', () => {
  it('reads any thread, whatever its name has in it', () => {
    const name = fc.string({ maxLength: 15 });
    const number = fc.integer({ min: 0, max: 2 ** 40 });
    fc.assert(
      fc.property(number, name, fc.constantFrom('R', 'S', 'D', 'Z'), number, (id, named, state, ticks) => {
        const text = `${id} (${named}) ${state} ${fields({ 19: -5, 22: ticks, 40: 50, 41: 1 })}\n`;
        expect(parseProcStat(text)).toEqual({
          id,
          name: named,
          state,
          nice: -5,
          startTicks: ticks,
          policy: 'fifo',
          priority: 50,
        });
      }),
    );
  });

  it('is not misled by a name that looks like the rest of the line', () => {
    const text = `7 (a) R 1 (b) S ${fields({ 22: 99 })}`;
    expect(parseProcStat(text)).toMatchObject({ id: 7, name: 'a) R 1 (b', state: 'S', startTicks: 99 });
  });

  it.each([
    [0, 'other'],
    [1, 'fifo'],
    [2, 'rr'],
    [3, 'batch'],
    [5, 'idle'],
    [6, 'deadline'],
    [42, 'policy 42'],
  ])('names policy %i %s', (number, policy) => {
    expect(parseProcStat(`7 (a) S ${fields({ 41: number })}`)?.policy).toBe(policy);
  });

  it.each(['', '7', '7 (a)', '7 (a) S', '7 (a) S 1 2 3', '(a) S 1', `x (a) S ${fields({})}`])(
    'refuses %j',
    (text) => {
      expect(parseProcStat(text)).toBeUndefined();
    },
  );

  it('ends for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseProcStat(text) === undefined || text.includes('(')).toBe(true);
      }),
    );
  });
});
