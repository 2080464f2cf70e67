import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { limitSignal, sleep } from './deadline.js';

/** Node gives it to those who ask V8 for it. */
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('limitSignal', () => {
  it('keeps its deadline although memory is cleared up meanwhile', async () => {
    const signal = limitSignal({ timeoutMs: 200, signal: new AbortController().signal });
    for (let round = 0; round < 10; round += 1) {
      await sleep(10);
      collectGarbage();
    }
    await sleep(400);
    expect(signal.aborted).toBe(true);
  });

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
