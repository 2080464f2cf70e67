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
});
