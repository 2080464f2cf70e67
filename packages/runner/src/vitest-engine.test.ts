import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaseResult } from './case-result.js';
import type { EngineEvent, EngineRequest } from './engine-protocol.js';
import { findSuite } from './suite-package.js';
import { testIdOf } from './test-id.js';
import { VitestEngine } from './vitest-engine.js';

const ids = (...names: string[]): string[] => names.map((name) => `try-suite/example > ${name}`);
const waiting = 'waits until it is cancelled, then cleans up';

describe('VitestEngine', () => {
  let folder: string;
  let events: EngineEvent[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engine-'));
    events = [];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function engine(
    change: Partial<EngineRequest>,
    onEvent?: (event: EngineEvent) => void,
  ): Promise<VitestEngine> {
    const suite = await findSuite(join(import.meta.dirname, '../testdata/suite'), '/');
    const request: EngineRequest = {
      task: 'run',
      suites: [suite],
      context: {
        cloud: {},
        runId: 'r',
        stateDirectory: folder,
        observers: [],
        requireNeeds: false,
        repeat: 1,
        failKnownBugs: false,
      },
      ...change,
    };
    return new VitestEngine(request, (event) => {
      events.push(event);
      onEvent?.(event);
    });
  }

  const results = (): CaseResult[] =>
    events.flatMap((event) => (event.type === 'case-ended' ? [event.result] : []));

  it('tells verdicts, reasons, failures and steps of the cases that were asked for', async () => {
    await (await engine({ only: ids('passes', 'fails', 'is skipped') })).run();

    expect(results()).toMatchObject([
      { id: 'try-suite/example > passes', verdict: 'passed', steps: [{ text: 'boot vm1' }], failures: [] },
      {
        verdict: 'failed',
        failures: [
          {
            message: expect.stringContaining('expected 1 to be 2') as string,
            at: 'cases/example.js:25',
            code: 'expect(1).toBe(2);',
          },
        ],
        evidence: ['what the layers said'],
        output: 'printed by the one that fails\n',
      },
      { verdict: 'skipped', reason: 'needs two computes; found 1' },
    ]);
    for (const { started } of results()) expect(Date.parse(started)).toBeGreaterThan(Date.now() - 60_000);
    expect(events.filter(({ type }) => type === 'case-started')).toHaveLength(3);
    expect(events).toContainEqual({
      type: 'case-step',
      id: 'try-suite/example > passes',
      atMs: expect.any(Number) as number,
      text: 'boot vm1',
    });
    expect(events).toContainEqual({
      type: 'case-hosts',
      id: 'try-suite/example > passes',
      hosts: ['compute1'],
    });
  });

  it('runs a case under its own name alone, and no other of that name elsewhere', async () => {
    await (await engine({ only: [...ids('passes', 'pass'), 'try-suite/other > fails'] })).run();
    expect(results()).toMatchObject([{ id: 'try-suite/example > passes', verdict: 'passed' }]);
    expect(results()[0]?.testId).toBe(testIdOf('try-suite', 'try-suite/example > passes'));
  });

  it('tells the attempts of a case apart', async () => {
    const context = { cloud: {}, runId: 'r', stateDirectory: folder, observers: [], requireNeeds: false };
    await (
      await engine({ only: ids('repeated'), context: { ...context, repeat: 3, failKnownBugs: false } })
    ).run();
    expect(results()).toMatchObject([
      { id: 'try-suite/example > repeated', attempt: 1, verdict: 'passed' },
      { id: 'try-suite/example > repeated', attempt: 2, verdict: 'failed' },
      { id: 'try-suite/example > repeated', attempt: 3, verdict: 'passed' },
    ]);
    expect(events[0]).toMatchObject({ type: 'case-started', name: 'repeated', attempt: 1 });
  });

  describe('with cases side by side', () => {
    const context = {
      cloud: {},
      runId: 'r',
      stateDirectory: '',
      observers: [],
      requireNeeds: false,
      repeat: 1,
      failKnownBugs: false,
      parallel: { jobs: 2, seed: 1, lastMs: {} },
    };

    it('has the same ids and verdicts', async () => {
      await (await engine({ only: ids('passes', 'fails', 'is skipped'), context })).run();
      expect(events.filter(({ type }) => type === 'trouble')).toEqual([]);
      expect(
        results()
          .map(({ id, verdict, testId }) => ({ id, verdict, testId }))
          .sort((a, b) => a.id.localeCompare(b.id)),
      ).toEqual(
        [
          ['fails', 'failed'],
          ['is skipped', 'skipped'],
          ['passes', 'passed'],
        ].map(([name, verdict]) => {
          const id = `try-suite/example > ${name}`;
          return { id, verdict, testId: testIdOf('try-suite', id) };
        }),
      );
    });

    it('waits for the clean-up of all that are cancelled', async () => {
      const running: VitestEngine = await engine({
        // One that has ended must not keep those after it from being told.
        only: ids('passes', waiting, 'also waits'),
        context: { ...context, stateDirectory: folder },
      });
      const run = running.run();
      await expect
        .poll(() => readFile(join(folder, 'log'), 'utf8').catch(() => ''), { timeout: 30_000 })
        .toBe('waits\n');
      await expect.poll(() => results().length, { timeout: 30_000 }).toBe(1);
      await running.cancel();
      await run;
      expect(await readFile(join(folder, 'log'), 'utf8')).toBe('waits\ncleaned up\nalso cleaned up\n');
      expect(results().map(({ verdict }) => verdict)).toEqual(['passed', 'skipped', 'skipped']);
    });
  });

  it('lists cases without running them', async () => {
    await (await engine({ task: 'list' })).list();
    const listed = events.flatMap((event) => (event.type === 'listed' ? event.cases : []));
    expect(listed).toHaveLength(7);
    expect(listed[0]).toEqual({
      suite: 'try-suite',
      id: 'try-suite/example > passes',
      testId: testIdOf('try-suite', 'try-suite/example > passes'),
      name: 'passes',
      needs: ['two computes'],
      hardware: ['SR-IOV NIC'],
      replaces: ['old.test'],
      since: 26,
      knownBugs: [{ bug: 'lp#1', fixedBy: 30, what: 'leaks' }],
    });
    expect(listed[2]).toMatchObject({ needs: [], hardware: [], replaces: [], knownBugs: [] });
  });

  it('waits for the clean-up of a cancelled case and starts no other one', async () => {
    const cancelled: Promise<void>[] = [];
    const running: VitestEngine = await engine(
      { only: ids(waiting, 'comes after the cancelled one') },
      (event) => {
        if (event.type === 'case-started' && event.name.startsWith('waits')) cancelled.push(running.cancel());
      },
    );
    await running.run();
    await Promise.all(cancelled);

    expect(cancelled).toHaveLength(1);
    expect(await readFile(join(folder, 'log'), 'utf8')).toBe('cleaned up\n');
    expect(results().map(({ verdict }) => verdict)).toEqual(['skipped', 'skipped']);
    expect(results()[0]?.reason).toBe('interrupted; what it had made was given back');
  });

  it('has nothing to tell of a suite without files', async () => {
    const suite = { name: 'empty', version: '1', root: folder, cases: 'dist/*.js' };
    await (await engine({ suites: [suite] })).run();
    await (await engine({ suites: [suite] })).list();
    expect(events).toEqual([{ type: 'listed', cases: [] }]);
  });

  it('reports a suite that cannot be loaded', async () => {
    const suite = {
      name: 'broken',
      version: '1',
      root: join(import.meta.dirname, '../testdata/broken'),
      cases: '*.js',
    };
    await (await engine({ suites: [suite] })).run();
    expect(events).toMatchObject([
      { type: 'trouble', message: expect.stringContaining('no-such-package') as string },
    ]);
  });
});
