import { Redactor } from '@whitebox/core';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import type { CaseResult } from './case-result.js';
import { EventLines, type NewEvent } from './event-lines.js';
import { Progress } from './progress.js';
import { documented, eventsPage } from './run-events-page.suite.js';
import { RunEvents } from './run-events.js';

const secret = 'tr0ub4dor&3';
const said = `${secret}; password = unforeseen`;
const id = 'token=suite/f > a sentence';

const result: CaseResult = {
  suite: 'token=suite',
  id,
  testId: 's.f.a_sentence[id-1]',
  name: 'a sentence',
  verdict: 'failed',
  attempt: 1,
  started: '2026-11-22T18:15:00.000Z',
  durationMs: 1,
  turn: { waitedMs: 5, claim: { dedicatedCpus: 2 } },
  reason: said,
  failures: [{ message: said, stack: said, at: 'f.js:1', code: said }],
  steps: [{ atMs: 1, text: said }],
  evidence: [said],
  invariants: [],
  output: said,
};

const everyEvent: readonly NewEvent[] = [
  {
    type: 'run-started',
    format: 1,
    runId: 'wb-1',
    cloud: 'http://keystone:5000',
    suites: [{ name: 'token=suite', version: '1' }],
    cases: 1,
    shard: { index: 1, of: 2, cases: 2, plan: 'p' },
    repeat: 1,
    jobs: 2,
    seed: 7,
    facts: [said],
    warnings: [said],
  },
  {
    type: 'run-ended',
    exitCode: 1,
    durationMs: 3,
    counts: { passed: 0, failed: 1, skipped: 0 },
    interrupted: false,
    flaky: [],
    troubles: [said],
    leftovers: [said],
    files: { results: '/token=r', html: '/h', junit: '/j', subunit: '/s', stestr: '/t', log: '/l' },
  },
];

/** What a run writes of all that the engine can tell. */
function written(): readonly string[] {
  const redactor = new Redactor();
  redactor.add(secret);
  const texts: string[] = [];
  const lines = new EventLines({ write: (text: string) => texts.push(text) }, redactor);
  const events = new RunEvents(new Progress({ write: () => true }), redactor, (event) => {
    lines.tell(event);
  });
  const [first, last] = everyEvent;
  if (first !== undefined) lines.tell(first);
  const { suite, testId, name, attempt, turn } = result;
  events.take({ type: 'case-started', suite, id, testId, name, attempt, turn });
  events.take({ type: 'case-step', id, attempt, atMs: 2, text: `boot ${said}`, kind: 'boot' });
  events.take({ type: 'case-hosts', id, attempt, hosts: ['compute1'] });
  events.take({ type: 'case-ended', result });
  events.take({ type: 'trouble', message: said });
  events.take({ type: 'done' });
  if (last !== undefined) lines.tell(last);
  return texts;
}

describe('the events of a run', () => {
  it('are one JSON object in each line, in order, with their time', () => {
    const events = written().map((line) => {
      expect(line).toMatch(/^\{[^\n]*\}\n$/);
      return JSON.parse(line) as { type: string; at: string };
    });
    expect(events.map(({ type }) => type)).toEqual([
      'run-started',
      'case-started',
      'case-step',
      'case-hosts',
      'case-ended',
      'trouble',
      'run-ended',
    ]);
    for (const { at } of events) expect(new Date(at).toISOString()).toBe(at);
  });

  it('have no secret in what was said, and the names of cases and files as they are', () => {
    const text = written().join('');
    expect(text).not.toMatch(/unforeseen|tr0ub4dor/);
    expect(text.match(/password = \*\*\*/g)?.length).toBe(11);
    expect(text).toContain('"suites":[{"name":"token=suite","version":"1"}]');
    expect(text.match(/"id":"token=suite\/f > a sentence"/g)).toHaveLength(4);
    expect(text).toContain('"results":"/token=r"');
  });

  it('have the fields that docs/events.md tells, and no others', () => {
    for (const line of written()) {
      const { type, at, ...rest } = JSON.parse(line) as Record<string, unknown> & {
        type: keyof typeof documented;
      };
      expect(at).toBeDefined();
      expect(Object.keys(rest).sort()).toEqual(Object.keys(documented[type].fields).sort());
    }
  });

  it('are what docs/events.md says; --update writes it', async () => {
    const page = new URL('../../../docs/events.md', import.meta.url).pathname;
    const text = await format(eventsPage(), { ...(await resolveConfig(page)), parser: 'markdown' });
    await expect(text).toMatchFileSnapshot(page);
  });
});
