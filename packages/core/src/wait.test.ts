import { describe, expect, it } from 'vitest';
import { onWait, WaitTimeoutError, waitUntil, type WaitRecord } from './wait.js';

describe('waitUntil', () => {
  it('gives the value of the first look that is done', async () => {
    let looks = 0;
    const value = await waitUntil(
      'the third look',
      () =>
        Promise.resolve(++looks < 3 ? { done: false, seen: `look ${looks}` } : { done: true, value: 'here' }),
      { timeoutMs: 5000, intervalMs: 1 },
    );
    expect(value).toBe('here');
    expect(looks).toBe(3);
  });

  it('fails at its deadline and says what it last saw', async () => {
    const waiting = waitUntil(
      'server s1 to become ACTIVE',
      () => Promise.resolve({ done: false, seen: 'BUILD' }),
      {
        timeoutMs: 50,
        intervalMs: 5,
        host: 'compute1',
      },
    );
    await expect(waiting).rejects.toThrow(WaitTimeoutError);
    await expect(waiting).rejects.toMatchObject({ code: 'WB_WAIT_TIMEOUT', host: 'compute1' });
    await expect(waiting).rejects.toThrow(/server s1 to become ACTIVE.*last seen: BUILD/s);
  });

  it('fails at its deadline although a look hangs', async () => {
    const waiting = waitUntil('an answer', () => new Promise<never>(() => undefined), { timeoutMs: 50 });
    await expect(waiting).rejects.toThrow(/last seen: nothing yet/);
  });

  it('ends at once with the error of a look', async () => {
    const waiting = waitUntil('a miracle', () => Promise.reject(new Error('server went to ERROR')), {
      timeoutMs: 60_000,
    });
    await expect(waiting).rejects.toThrow('server went to ERROR');
  });

  it("ends at once with the reason of the caller's signal", async () => {
    const controller = new AbortController();
    const waiting = waitUntil('for ever', () => Promise.resolve({ done: false, seen: 'no' }), {
      timeoutMs: 60_000,
      signal: controller.signal,
    });
    controller.abort(new Error('Ctrl-C'));
    await expect(waiting).rejects.toThrow('Ctrl-C');
  });
});

describe('onWait', () => {
  /** @returns what is told while `work` is done */
  async function toldDuring(work: () => Promise<unknown>): Promise<WaitRecord[]> {
    const told: WaitRecord[] = [];
    const end = onWait((wait) => told.push(wait));
    try {
      await work().catch(() => undefined);
    } finally {
      end();
    }
    return told;
  }

  it('is told of a wait with its looks, and how late its end was noticed at most', async () => {
    let looks = 0;
    const told = await toldDuring(() =>
      waitUntil(
        'the third look',
        () => Promise.resolve(++looks < 3 ? { done: false, seen: 'no' } : { done: true, value: 1 }),
        { timeoutMs: 5000, intervalMs: 20, maxIntervalMs: 20, host: 'compute1' },
      ),
    );
    expect(told).toMatchObject([{ what: 'the third look', host: 'compute1', looks: 3, reached: true }]);
    expect(told[0]?.milliseconds).toBeGreaterThanOrEqual(38);
    expect(told[0]?.lateMs).toBeGreaterThanOrEqual(18);
    expect(told[0]?.lateMs).toBeLessThan(told[0]?.milliseconds ?? 0);
  });

  it('is told nothing of what was so at the first look, and of a wait in vain that it was', async () => {
    const told = await toldDuring(async () => {
      await waitUntil('nothing', () => Promise.resolve({ done: true, value: 1 }), { timeoutMs: 5000 });
      await waitUntil('for ever', () => Promise.resolve({ done: false, seen: 'no' }), {
        timeoutMs: 30,
        intervalMs: 5,
      });
    });
    expect(told).toMatchObject([{ what: 'for ever', reached: false }]);
  });
});
