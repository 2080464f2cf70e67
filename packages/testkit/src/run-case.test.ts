import { describe, expect, it } from 'vitest';
import type { Need } from './needs.js';
import { runCase, type CaseContext } from './run-case.js';
import type { CloudSession } from './session.js';

class Skipped extends Error {}

/** Only what runs a case itself needs of a session; the cloud of a case is exercised in the lab. */
const session = {
  capacity: () => Promise.resolve([]),
  settled: () => Promise.resolve(),
} as unknown as CloudSession;

function context(change: Partial<CaseContext> = {}): CaseContext {
  return {
    name: 'a case',
    session,
    signal: new AbortController().signal,
    requireNeeds: false,
    settleMs: 0,
    skip: (reason) => {
      throw new Skipped(reason);
    },
    step: () => Promise.resolve(),
    evidence: () => Promise.resolve(),
    ...change,
  };
}

const unmet: Need = {
  text: '2 computes',
  missing: () => Promise.resolve({ evidence: '1: controller', transient: false }),
};

describe('runCase', () => {
  it('skips a case whose need is not met, with the evidence, and does not run its body', async () => {
    let ran = false;
    const running = runCase(context(), { needs: [unmet] }, () => {
      ran = true;
      return Promise.resolve();
    });
    await expect(running).rejects.toThrow(new Skipped('needs 2 computes; found 1: controller'));
    expect(ran).toBe(false);
  });

  it('fails such a case where needs are required', async () => {
    const running = runCase(context({ requireNeeds: true }), { needs: [unmet] }, () => Promise.resolve());
    await expect(running).rejects.toMatchObject({ code: 'WB_TESTKIT_NEED' });
  });

  it('gives a need that may be met in a moment that moment', async () => {
    let looks = 0;
    const freed: Need = {
      text: 'a free CPU',
      missing: () => Promise.resolve(++looks < 3 ? { evidence: 'none', transient: true } : undefined),
    };
    let ran = false;
    await runCase(context({ settleMs: 30_000 }), { needs: [freed] }, () => {
      ran = true;
      return Promise.resolve();
    });
    expect(ran).toBe(true);
  });

  it('does not wait for ever for such a need', async () => {
    const taken: Need = {
      text: 'a free CPU',
      missing: () => Promise.resolve({ evidence: 'none', transient: true }),
    };
    const running = runCase(context({ settleMs: 20 }), { needs: [taken] }, () => Promise.resolve());
    await expect(running).rejects.toThrow(new Skipped('needs a free CPU; found none'));
  });

  it('passes on what the body throws', async () => {
    const running = runCase(context(), {}, () => Promise.reject(new Error('CPUs 4 against 0-1')));
    await expect(running).rejects.toThrow('CPUs 4 against 0-1');
  });

  it('ends a body that takes too long and says what it was doing', async () => {
    const running = runCase(context(), { timeoutMs: 30 }, () => new Promise(() => undefined));
    await expect(running).rejects.toMatchObject({ code: 'WB_TESTKIT_TIMEOUT' });
    await expect(running).rejects.toThrow('its last step: none');
  });

  it('ends a body when the run is interrupted', async () => {
    const controller = new AbortController();
    const running = runCase(context({ signal: controller.signal }), {}, () => new Promise(() => undefined));
    controller.abort(new Error('interrupted by SIGINT'));
    await expect(running).rejects.toThrow('interrupted by SIGINT');
  });
});
