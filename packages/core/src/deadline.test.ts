import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { anySignal, limitSignal, sleep } from './deadline.js';

/** Node gives it to those who ask V8 for it. */
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function clearMemory(): Promise<void> {
  for (let round = 0; round < 10; round += 1) {
    await sleep(10);
    collectGarbage();
  }
}

describe('limitSignal', () => {
  it('keeps its deadline although memory is cleared up meanwhile', async () => {
    const signal = limitSignal({ timeoutMs: 200, signal: new AbortController().signal });
    await clearMemory();
    await sleep(400);
    expect(signal.aborted).toBe(true);
  });

  it('keeps its deadline for those who listen', async () => {
    let heard = false;
    limitSignal({ timeoutMs: 200, signal: new AbortController().signal }).addEventListener('abort', () => {
      heard = true;
    });
    await clearMemory();
    await sleep(400);
    expect(heard).toBe(true);
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

describe('anySignal', () => {
  it('is aborted with the reason of the first, although memory is cleared up meanwhile', async () => {
    const first = new AbortController();
    const second = new AbortController();
    const signal = anySignal([anySignal([first.signal]), second.signal]);
    await clearMemory();
    second.abort(new Error('second'));
    first.abort(new Error('first'));
    expect(signal.reason).toEqual(new Error('second'));
  });

  it('is aborted at once where one of them is', () => {
    const signal = anySignal([new AbortController().signal, AbortSignal.abort(new Error('before'))]);
    expect(signal.reason).toEqual(new Error('before'));
  });

  it('makes no warning however many wait for one', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    const run = new AbortController();
    for (let count = 0; count < 50; count += 1) anySignal([run.signal]);
    await sleep(20);
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });
});
