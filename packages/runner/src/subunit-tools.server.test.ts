// What Zuul and people run over the results: the tools of subunit, os-testr and stestr themselves.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redactor } from '@whitebox/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaseResult } from './case-result.js';
import { redactResult } from './redact-result.js';
import { count, type RunResults } from './results.js';
import { encodePacket } from './subunit-packet.js';
import { testIdOf } from './test-id.js';
import { writeAllResults } from './write-all-results.js';

const programs = ['subunit-stats', 'subunit-ls', 'subunit2html', 'stestr'];
const missing = programs.filter((program) => !existsSync(`/usr/bin/${program}`));
const secret = 'tr0ub4dor&3';

function caseOf(name: string, change: Partial<CaseResult>): CaseResult {
  const id = `@acme/suite/pins > ${name}`;
  const result: CaseResult = {
    suite: '@acme/suite',
    id,
    testId: testIdOf('@acme/suite', id),
    name,
    started: '2026-11-23T05:00:00.250Z',
    verdict: 'passed',
    durationMs: 12_500,
    failures: [],
    steps: [],
    evidence: [],
    invariants: [],
    ...change,
  };
  const redactor = new Redactor();
  redactor.add(secret);
  return redactResult(result, redactor);
}

const cases = [
  caseOf('a guest is pinned', {}),
  caseOf('a guest moves', {
    verdict: 'failed',
    failures: [
      {
        message: 'CPUs 4, expected 2-3',
        stack: 'Error: CPUs 4, expected 2-3 <é>\n    at x',
        at: 'pins.js:9',
      },
    ],
    steps: [{ atMs: 2300, text: `log in with ${secret}` }],
    evidence: ['          domain XML\nvCPU 0    4'],
    output: `mysql://nova:${secret}@db/nova\n]\nfailure: not a directive of subunit`,
  }),
  caseOf('a guest stays', { verdict: 'skipped', reason: 'needs 2 computes; found 1', durationMs: 0 }),
];

const results = (change: Partial<RunResults> = {}): RunResults => ({
  started: '2026-11-23T05:00:00.000Z',
  durationMs: 20_000,
  suites: [{ name: '@acme/suite', version: '1' }],
  counts: count(cases),
  interrupted: false,
  warnings: [],
  troubles: [],
  leftovers: [],
  cases,
  ...change,
});

describe.skipIf(missing.length > 0)(`the results (needs ${programs.join(', ')})`, () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'subunit-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Standard output, whatever the exit code. */
  function run(program: string, args: readonly string[], input?: Uint8Array): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = execFile(program, args, { cwd: folder, encoding: 'utf8' }, (error, stdout, stderr) => {
        // An exit code is an answer; a program that is not there is none.
        if (typeof error?.code === 'string') reject(new Error(error.message));
        else resolve(stdout + stderr);
      });
      child.stdin?.end(input);
    });
  }

  const stream = (): Promise<Buffer> => readFile(join(folder, 'testrepository.subunit'));
  const [pinned, moved, stayed] = cases.map(({ testId }) => testId);

  it('are packets as those of subunit itself, byte for byte', async () => {
    const text = 'é'.repeat(20_000);
    const program = [
      'import sys, datetime, subunit.v2',
      'out = subunit.v2.StreamResultToBytes(sys.stdout.buffer)',
      'at = datetime.datetime(2026, 11, 23, 5, 0, 0, 250000, subunit.v2.iso8601.Utc())',
      "out.status(test_id='a.b[id-1]', test_status='inprogress', timestamp=at)",
      "for size in (1, 40, 60, 20000): out.status(test_id='a', timestamp=at, file_name='f', mime_type='text/plain', file_bytes=('é' * size).encode(), eof=size > 1)",
      "for status in ('success', 'skip', 'fail'): out.status(test_id='a', test_status=status)",
    ].join('\n');
    await writeFile(join(folder, 'oracle.py'), program);
    await run('/bin/sh', ['-c', '/usr/bin/python3 oracle.py > oracle.subunit']);
    const oracle = await readFile(join(folder, 'oracle.subunit'));
    const at = new Date('2026-11-23T05:00:00.250Z');
    const file = (size: number): Buffer =>
      encodePacket({
        testId: 'a',
        timestamp: at,
        file: {
          name: 'f',
          mimeType: 'text/plain',
          bytes: Buffer.from(text.slice(0, size)),
          last: size > 1,
        },
      });
    const ours = Buffer.concat([
      encodePacket({ testId: 'a.b[id-1]', status: 'inprogress', timestamp: at }),
      ...[1, 40, 60, 20_000].map(file),
      ...(['success', 'skip', 'fail'] as const).map((status) => encodePacket({ testId: 'a', status })),
    ]);
    expect(ours.toString('hex')).toBe(oracle.toString('hex'));
  });

  it('are counted right by subunit-stats, and listed by subunit-ls', async () => {
    await writeAllResults(folder, results());
    const stats = await run('subunit-stats', [], await stream());
    expect(stats.replaceAll(/ +/g, ' ')).toMatch(
      /Total tests: 3\nPassed tests: 1\nFailed tests: 1\nSkipped tests: 1/,
    );
    const listed = (await run('subunit-ls', ['--times'], await stream())).trim().split('\n').sort();
    expect(listed).toEqual(
      [`${moved ?? ''} 12.500`, `${pinned ?? ''} 12.500`, `${stayed ?? ''} 0.000`].sort(),
    );
  });

  it('are shown by subunit2html, with what the failed case said', async () => {
    await writeAllResults(folder, results());
    await run('subunit2html', ['testrepository.subunit', 'testr_results.html']);
    const html = await readFile(join(folder, 'testr_results.html'), 'utf8');
    expect(html).toContain('CPUs 4, expected 2-3');
    expect(html).toContain('Skip 1');
    expect(html).toContain('acme_suite.pins');
    expect(html).not.toContain(secret);
  });

  it('are what stestr finds in its repository, run after run', async () => {
    await writeAllResults(folder, results());
    await writeFile(join(folder, '.stestr.conf'), '[DEFAULT]\ntest_path=.\n');
    const last = await run('stestr', ['last']);
    expect(last).toMatch(/Passed: 1\n - Skipped: 1\n[^]*Failed: 1\n/);
    expect(last).toContain('CPUs 4, expected 2-3 <é>');
    expect((await run('stestr', ['failing', '--list'])).trim()).toBe(moved);
    const again = await run('/bin/sh', ['-c', 'stestr last --subunit | subunit-stats']);
    expect(again).toMatch(/Failed tests: +1/);

    const green = cases.filter(({ verdict }) => verdict !== 'failed');
    await writeAllResults(folder, results({ cases: green, counts: count(green) }));
    expect(await run('stestr', ['last'])).toMatch(/Failed: 0\n/);
    expect((await run('stestr', ['failing', '--list'])).trim()).toBe('');
    expect(await readFile(join(folder, '.stestr', 'next-stream'), 'utf8')).toBe('2\n');
  });

  it('have no secret in any of the files', async () => {
    await writeAllResults(folder, results(), { junit: join(folder, 'also.xml') });
    const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) =>
      one.isFile(),
    );
    expect(names.map(({ name }) => name).sort()).toEqual([
      '0',
      'also.xml',
      'failing',
      'format',
      'junit.xml',
      'next-stream',
      'report.html',
      'results.json',
      'testrepository.subunit',
    ]);
    for (const { name, parentPath } of names) {
      expect(await readFile(join(parentPath, name), 'utf8')).not.toContain(secret);
    }
    expect((await stream()).toString()).toContain('mysql://nova:***@db/nova');
  });

  it('are red where something went wrong outside of any case', async () => {
    const [only] = cases;
    const broken = results({
      cases: only === undefined ? [] : [only],
      troubles: ['the engine died'],
      leftovers: ['server s'],
    });
    await writeAllResults(folder, broken);
    const stats = await run('subunit-stats', [], await stream());
    expect(stats).toMatch(/Failed tests: +2/);
    expect((await run('stestr', ['failing', '--list'])).trim().split('\n')).toHaveLength(2);
  });

  it('are not added to a repository of another form', async () => {
    await writeAllResults(folder, results());
    await writeFile(join(folder, '.stestr', 'format'), '2\n');
    await expect(writeAllResults(folder, results())).rejects.toMatchObject({
      code: 'WB_RUN_REPOSITORY',
    });
  });
});
