import { describe, expect, it } from 'vitest';
import { compare, median } from './measure.js';

it.each([
  [[3], 3],
  [[5, 1, 3], 3],
  [[4, 1, 3, 2], 2.5],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

describe('compare', () => {
  it('takes the ratio within each round, in the other order each time, without the first', async () => {
    /** @type {string[]} */
    const order = [];
    /** @param {string} name @param {number[]} times */
    const side = (name, times) => ({
      name,
      measure: () => {
        order.push(name);
        return Promise.resolve(times.shift() ?? Number.NaN);
      },
    });
    const result = await compare(
      { title: 't', ours: side('us', [100, 1, 2, 4]), theirs: side('them', [1, 3, 4, 16]), rounds: 3 },
      () => undefined,
    );
    expect(order).toEqual(['us', 'them', 'them', 'us', 'us', 'them', 'them', 'us']);
    expect(result).toMatchObject({ ratio: 3, min: 2, max: 4, oursMs: 2, theirsMs: 4, rounds: 3 });
  });
});
