import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CaseResult } from './case-result.js';
import type { RunResults } from './results.js';
import { tellGithub, type GithubOptions } from './tell-github.js';

const one: CaseResult = {
  suite: '@acme/nfv',
  id: '@acme/nfv/cpu > a sentence',
  testId: 's.f.a_sentence[id-1]',
  name: 'a sentence',
  started: '2026-11-22T18:15:00.000Z',
  verdict: 'passed',
  durationMs: 1000,
  failures: [],
  steps: [],
  evidence: [],
  invariants: [],
};
const failed: CaseResult = {
  ...one,
  id: '@acme/nfv/cpu > pins',
  name: 'pins 100%: cores, threads',
  verdict: 'failed',
  failures: [
    {
      message: '\u001b[31mCPUs 1-3\u001b[0m, 50% of\r\n0-1 | <b>',
      at: 'src/cases/cpu.ts:107',
      code: 'expect(a);',
    },
  ],
  steps: [{ atMs: 1, text: 'boot vm1' }],
};
const skipped = (name: string, reason: string): CaseResult => ({ ...one, name, verdict: 'skipped', reason });
const knownBug = 'known bug lp#1, fixed by Nova 30 (leaks): expected 1';

const results: RunResults = {
  started: one.started,
  durationMs: 61_000,
  suites: [{ name: '@acme/nfv', version: '1' }],
  counts: { passed: 1, failed: 1, skipped: 3 },
  interrupted: false,
  warnings: ['[whitebox] x means nothing'],
  troubles: ['cpu.js: cannot load'],
  leftovers: ['server wb-1'],
  cases: [
    one,
    skipped('wants a NIC', 'needs an SR-IOV NIC; found none'),
    skipped('shows a bug', knownBug),
    skipped('wants one as well', 'needs an SR-IOV NIC; found none'),
    failed,
  ],
};

async function told(
  options: GithubOptions,
  env: NodeJS.ProcessEnv,
  change: Partial<RunResults> = {},
  root = '/checkout/suites/nfv',
): Promise<readonly string[]> {
  let text = '';
  const suite = { name: '@acme/nfv', version: '1', root, cases: '*' };
  const screen = {
    write: (piece: string) => {
      text += piece;
    },
  };
  await tellGithub({ ...results, ...change }, [suite], options, screen, env);
  return text.split('\n').slice(0, -1);
}

const actions = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: '/checkout' };

describe('annotations of GitHub', () => {
  it('are errors first, then warnings, then one notice for all cases that wait for the same', async () => {
    expect(await told({}, actions)).toEqual([
      '::error title=Not given back::server wb-1%0AGive it back with "whitebox recover".',
      '::error title=The run itself::cpu.js: cannot load',
      '::error file=suites/nfv/src/cases/cpu.ts,line=107,title=pins 100%25%3A cores%2C threads::CPUs 1-3, 50%25 of%0D%0A0-1 | <b>%0Aat src/cases/cpu.ts:107    expect(a);%0A%0ALast step: boot vm1',
      `::warning title=shows a bug::${knownBug}`,
      '::warning title=Configuration::[whitebox] x means nothing',
      '::notice title=2 cases skipped::needs an SR-IOV NIC; found none%0A- wants a NIC%0A- wants one as well',
    ]);
  });

  it('name no file that is not in the checkout', async () => {
    for (const root of ['/usr/lib/nfv', '/checkout/node_modules/@acme/nfv'])
      expect((await told({}, actions, {}, root)).join('\n')).not.toContain('file=');
  });

  it('tell flaky cases, and the attempt that failed', async () => {
    const cases = [
      { ...one, attempt: 1 },
      { ...failed, id: one.id, name: one.name, attempt: 2 },
    ];
    const lines = await told({}, actions, { cases });
    expect(lines.some((line) => line.includes('title=a sentence (attempt 2)::'))).toBe(true);
    expect(lines).toContain('::warning title=Flaky case::@acme/nfv/cpu > a sentence: passed 1 of 2 times');
  });

  it('are there in GitHub Actions, or where they are asked for', async () => {
    expect(await told({}, {})).toEqual([]);
    expect(await told({ annotations: 'none' }, actions)).toEqual([]);
    expect(await told({ annotations: 'github' }, {})).toHaveLength(6);
  });
});

describe('the summary of a step', () => {
  async function summaries(change: Partial<RunResults> = {}): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'whitebox-github-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'summary.md');
    await told({}, { ...actions, GITHUB_STEP_SUMMARY: file }, change);
    await told({}, { ...actions, GITHUB_STEP_SUMMARY: file }, change);
    return readFile(file, 'utf8');
  }

  it('is added to what others wrote, with counts, failures and known bugs', async () => {
    const text = await summaries();
    expect(text.match(/^### ❌ &#64;acme\/nfv$/gm)).toHaveLength(2);
    expect(text).toContain('\n| 1 | 1 | 3 | 61.0 s |\n');
    expect(text).toContain('\n- ⚠️ not given back: server wb-1\n- ⚠️ cpu.js: cannot load\n');
    expect(text).toContain('\n| pins 100%: cores, threads | CPUs 1-3, 50% of | src/cases/cpu.ts:107 |\n');
    expect(text).toContain('\n| shows a bug | known bug lp&#35;1, fixed by Nova 30 (leaks): expected 1 |\n');
  });

  it('takes what is said for text', async () => {
    const cases = [{ ...failed, failures: [{ message: '| <img> `x` & [a](b)' }] }];
    expect(await summaries({ cases })).toContain('| &#124; &lt;img> &#96;x&#96; &amp; &#91;a&#93;(b) |  |');
  });

  it('says what a failure is about whose first line does not', async () => {
    const cases = [{ ...failed, failures: [{ message: 'compute1:\n  name is x' }] }];
    expect(await summaries({ cases })).toContain('| compute1: name is x |');
  });

  it('is short however much has failed, and green where all is well', async () => {
    const text = await summaries({ cases: Array.from({ length: 5000 }, () => failed) });
    expect(text.length).toBeLessThan(50_000);
    expect(text).toContain('and 4900 more');
    const good = { counts: { passed: 1, failed: 0, skipped: 0 }, cases: [one], troubles: [], leftovers: [] };
    expect(await summaries(good)).toContain('### ✅');
  });

  it('that cannot be written spoils nothing', async () => {
    const lines = await told({}, { ...actions, GITHUB_STEP_SUMMARY: '/nowhere/summary.md' });
    expect(lines.at(-1)).toContain('Warning: the summary of the step is not written');
  });
});
