import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redactor } from '@whitebox/core';
import { expect, it, onTestFinished } from 'vitest';
import type { CaseResult } from './case-result.js';
import { Progress } from './progress.js';
import { readResults } from './report-command.js';
import { RunEvents } from './run-events.js';
import { writeAllResults } from './write-all-results.js';

const secret = 'tr0ub4dor&3';
const said = `${secret}; password = unforeseen, rabbit://nova:unforeseen@mq`;

/** Wherever a case can say something, it says the password of the cloud, and looks of others. */
const result: CaseResult = {
  suite: 's',
  id: 's/f > a sentence',
  testId: 's.f.a_sentence[id-1]',
  name: 'a sentence',
  verdict: 'failed',
  started: '2026-11-22T18:15:00.000Z',
  durationMs: 1,
  reason: said,
  failures: [{ message: said, stack: said, at: 'f.js:1', code: said }],
  steps: [{ atMs: 1, text: `boot ${said}`, kind: 'boot' }],
  evidence: [said],
  invariants: [{ id: 'I1', text: said, step: said }],
  output: said,
  recording: {
    activities: [
      {
        kind: 'command',
        step: 0,
        atMs: 1,
        ms: 1,
        where: 'compute1',
        what: said,
        outcome: said,
        failed: true,
        times: 1,
        output: said,
      },
    ],
    dropped: 0,
    looks: [
      {
        step: 0,
        hosts: [
          {
            name: 'compute1',
            cells: [{ id: 0, socket: 0, cores: ['0,1'], pages: [] }],
            dedicated: '0',
            shared: '1',
            guests: [{ uuid: 'u', name: said, state: said, threads: [], memory: [] }],
          },
        ],
      },
    ],
    documents: [
      {
        title: said,
        versions: [
          { step: 0, text: said },
          { step: 0, text: `${said}\nmore` },
        ],
      },
    ],
    logs: [{ title: said, lines: [said], dropped: 0 }],
  },
};

it('leaves no secret in any file of the results, wherever a case has said it', async () => {
  const redactor = new Redactor();
  redactor.add(secret);
  const shown: string[] = [];
  const events = new RunEvents(new Progress({ write: (text: string) => shown.push(text) > 0 }), redactor);
  const { id, testId, name } = result;
  events.take({ type: 'case-started', suite: 's', id, testId, name });
  events.take({ type: 'case-ended', result });
  events.take({ type: 'trouble', message: said });
  const folder = await mkdtemp(join(tmpdir(), 'whitebox-secrets-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeAllResults(folder, {
    started: result.started,
    durationMs: 1,
    suites: [{ name: 's', version: '1' }],
    counts: { passed: 0, failed: 1, skipped: 0 },
    interrupted: false,
    warnings: [],
    troubles: events.troubles,
    leftovers: [],
    cases: events.cases,
  });
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) =>
    one.isFile(),
  );
  expect(files.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['results.json', 'report.html', 'junit.xml']),
  );
  const texts = await Promise.all(
    files.map(async ({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')),
  );
  for (const text of [...texts, shown.join('')]) {
    expect(text).not.toMatch(/unforeseen|tr0ub4dor/);
  }
  // What is looked for was there: the rest of each sentence is.
  const page = await readFile(join(folder, 'report.html'), 'utf8');
  expect(page.match(/rabbit:\/\/nova:\*\*\*@mq/g)?.length).toBeGreaterThan(15);
  expect((await readResults(join(folder, 'results.json'))).cases[0]?.recording?.logs[0]?.lines[0]).toContain(
    '***',
  );
});
