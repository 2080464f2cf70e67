import { describe, expect, it } from 'vitest';
import { limitSignal } from './deadline.js';

describe('limitSignal', () => {
  it('takes what is left of a deadline, which is seldom a whole number', async () => {
    const signal = limitSignal({ timeoutMs: 5.25 });
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
    expect(signal.aborted).toBe(true);
  });

  it('takes a deadline that has passed', async () => {
    const signal = limitSignal({ timeoutMs: -5 });
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
    expect(signal.aborted).toBe(true);
  });

  it.each([2 ** 31, 2 ** 32, Infinity])(
    'does not take %d ms, longer than a timer can be, for now',
    async (timeoutMs) => {
      const signal = limitSignal({ timeoutMs });
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(signal.aborted).toBe(false);
    },
  );
});
