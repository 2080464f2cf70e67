import { Redactor, waitUntil } from '@whitebox/core';
import { describe, expect, it } from 'vitest';
import type { Need } from './needs.js';
import type { CaseRecording } from './recording/model.js';
import { recordWaits } from './recording/record-waits.js';
import { recordStatement } from './recording/record-statement.js';
import { Release } from './release.js';
import { runCase, type CaseContext } from './run-case.js';
import type { CloudSession } from './session.js';

class Skipped extends Error {}

/** Only what runs a case itself needs of a session; the cloud of a case is exercised in the lab. */
const sessionOf = (release: Release): CloudSession =>
  ({
    capacity: () => Promise.resolve([]),
    settled: () => Promise.resolve(),
    observers: [],
    computes: [],
    redactor: new Redactor(),
    release,
  }) as unknown as CloudSession;

function context(change: Partial<CaseContext> = {}): CaseContext {
  return {
    name: 'a case',
    session: sessionOf(new Release([26], 'zed (compute API 2.93)')),
    signal: new AbortController().signal,
    requireNeeds: false,
    failKnownBugs: false,
    settleMs: 0,
    skip: (reason) => {
      throw new Skipped(reason);
    },
    step: () => Promise.resolve(),
    evidence: () => Promise.resolve(),
    invariant: () => Promise.resolve(),
    recording: () => Promise.resolve(),
    ...change,
  };
}

const unmet: Need = {
  text: '2 computes',
  missing: () => Promise.resolve({ evidence: '1: controller', transient: false }),
};

describe('runCase', () => {
  it('tells at the end what was done behind the steps, also of a case that failed', async () => {
    const told: CaseRecording[] = [];
    const steps: string[] = [];
    const running = runCase(
      context({
        step: (text, kind) => {
          steps.push(`${text} (${kind ?? 'said'})`);
          return Promise.resolve();
        },
        recording: (recording) => {
          told.push(recording);
          return Promise.resolve();
        },
      }),
      {},
      async ({ cloud, step }) => {
        await step('look round');
        cloud.atEnd('tidy up', () => {
          recordStatement({ database: 'nova', text: 'SELECT 2', values: [], rows: 1, milliseconds: 1 });
          return Promise.resolve();
        });
        recordStatement({ database: 'nova', text: 'SELECT 1', values: [], rows: 1, milliseconds: 1 });
        throw new Error('it is not so');
      },
    );
    await expect(running).rejects.toThrow('it is not so');
    expect(steps).toEqual(['look round (said)']);
    expect(told.map(({ activities }) => activities.map(({ step, what }) => [step, what]))).toEqual([
      [
        [0, 'SELECT 1'],
        [1, 'SELECT 2'],
      ],
    ]);
  });

  it('records each wait of the case by itself, and when it was', async () => {
    recordWaits();
    recordWaits();
    const told: CaseRecording[] = [];
    const recording = (one: CaseRecording): Promise<void> => {
      told.push(one);
      return Promise.resolve();
    };
    await runCase(context({ recording }), {}, async ({ step }) => {
      await step('wait twice');
      for (let time = 0; time < 2; time += 1) {
        let looks = 0;
        await waitUntil(
          'the second look',
          () => Promise.resolve(++looks < 2 ? { done: false, seen: 'no' } : { done: true, value: 1 }),
          { timeoutMs: 5000, intervalMs: 20 },
        );
      }
    });
    const activities = told.flatMap((one) => one.activities);
    expect(activities).toMatchObject([
      { kind: 'wait', step: 0, what: 'the second look', outcome: 'so after 2 looks', times: 1 },
      { kind: 'wait', step: 0, what: 'the second look', times: 1 },
    ]);
    const [first, second] = activities;
    expect(second?.atMs).toBeGreaterThanOrEqual((first?.atMs ?? 0) + (first?.ms ?? 0) - 1);
  });

  it('records nothing of a case that is skipped before its first step', async () => {
    const told: CaseRecording[] = [];
    const recording = (one: CaseRecording): Promise<void> => {
      told.push(one);
      return Promise.resolve();
    };
    const running = runCase(context({ recording }), { needs: [unmet] }, () => Promise.resolve());
    await expect(running).rejects.toThrow(Skipped);
    expect(told).toEqual([]);
  });

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

describe('runCase on a release', () => {
  const passes = (): Promise<void> => Promise.resolve();
  const fails = (): Promise<void> => Promise.reject(new Error('CPUs 0-1, expected 2-3\nmore of it'));
  const on = (
    majorVersions: readonly number[],
    text: string,
    change: Partial<CaseContext> = {},
  ): CaseContext =>
    context({
      session: sessionOf(new Release(majorVersions, text)),
      ...change,
    });
  const bug = {
    bug: 'lp#1869804',
    fixedBy: 30,
    what: 'a floating guest keeps the shared set of its old host',
  };

  it('skips a case for a newer Nova, without looking at its needs, also where needs are required', async () => {
    const options = { since: 26, needs: [unmet] };
    const reason = 'since Nova 26; this is Nova 25 (yoga, 2.90)';
    for (const requireNeeds of [false, true]) {
      const running = runCase(on([25], 'yoga, 2.90', { requireNeeds }), options, fails);
      await expect(running).rejects.toThrow(new Skipped(reason));
    }
  });

  it('runs it on that Nova and on newer ones', async () => {
    await runCase(on([26], 'zed'), { since: 26 }, passes);
    await expect(runCase(on([31, 32], '2025.1 or 2025.2'), { since: 26 }, fails)).rejects.toThrow('CPUs 0-1');
  });

  it('skips it where the API cannot tell, and says so', async () => {
    const running = runCase(on([24, 25], 'xena or yoga'), { since: 25 }, passes);
    const reason = 'since Nova 25; this is Nova 24 or 25 (xena or yoga), which the API cannot tell apart';
    await expect(running).rejects.toThrow(new Skipped(reason));
  });

  it('skips it on a Nova older than all known ones', async () => {
    const running = runCase(on([], 'unknown (compute API 2.1)'), { since: 25 }, passes);
    const reason = 'since Nova 25; this is an older Nova (unknown (compute API 2.1))';
    await expect(running).rejects.toThrow(new Skipped(reason));
  });

  it('runs a case with a known bug: it passes where the fix was backported', async () => {
    await runCase(on([26], 'zed'), { knownBugs: [bug] }, passes);
  });

  it('skips it where the bug shows, with the first line of the failure, after it has cleaned up', async () => {
    const done: string[] = [];
    const running = runCase(on([26], 'zed'), { knownBugs: [bug] }, async ({ cloud }) => {
      cloud.atEnd('say so', () => {
        done.push('cleaned up');
        return Promise.resolve();
      });
      await fails();
    });
    const reason =
      'known bug lp#1869804, fixed by Nova 30 (a floating guest keeps the shared set of its old host): CPUs 0-1, expected 2-3';
    await expect(running).rejects.toThrow(new Skipped(reason));
    expect(done).toEqual(['cleaned up']);
  });

  it.each([
    ['the release that has the fix', on([30], '2024.2'), {}],
    ['a newer one', on([33], '2026.1'), {}],
    ['a release before the bug came', on([20], 'train'), { since: 25 }],
    ['a failure that does not look like it', on([26], 'zed'), { shows: /pinned nowhere/ }],
    ['a run that is asked to fail', on([26], 'zed', { failKnownBugs: true }), {}],
  ])('fails over the same in %s', async (_, where, change) => {
    const running = runCase(where, { knownBugs: [{ ...bug, ...change }] }, fails);
    await expect(running).rejects.toThrow('CPUs 0-1, expected 2-3\nmore of it');
  });

  it('takes releases that cannot be told apart for the older one, and says so', async () => {
    const running = runCase(on([29, 30], '2024.1 or 2024.2'), { knownBugs: [bug] }, fails);
    await expect(running).rejects.toThrow(
      'known bug lp#1869804, fixed by Nova 30 (here Nova 29 or 30 (2024.1 or 2024.2), which the API cannot tell apart) (a floating',
    );
  });

  it('says of a bug without a fix that there is none', async () => {
    const running = runCase(on([33], '2026.1'), { knownBugs: [{ bug: 'lp#1', what: 'leaks' }] }, fails);
    await expect(running).rejects.toThrow(
      new Skipped('known bug lp#1, not fixed (leaks): CPUs 0-1, expected 2-3'),
    );
  });

  it('does not hide what could not be cleaned up, nor an interruption', async () => {
    const dirty = runCase(on([26], 'zed'), { knownBugs: [bug] }, ({ cloud }) => {
      cloud.atEnd('break', () => Promise.reject(new Error('port is still there')));
      return fails();
    });
    await expect(dirty).rejects.toThrow(/CPUs 0-1[^]*and then, cleaning up:[^]*port is still there/);

    const controller = new AbortController();
    const where = on([26], 'zed', { signal: controller.signal });
    const interrupted = runCase(where, { knownBugs: [bug] }, () => new Promise(() => undefined));
    controller.abort(new Error('interrupted by SIGINT'));
    await expect(interrupted).rejects.toThrow(new Error('interrupted by SIGINT'));
  });
});
