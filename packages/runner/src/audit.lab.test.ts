import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLab, type LabDescription } from '@whitebox/lab';
import type { AuditResults } from '@whitebox/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExitCode } from './exit-codes.js';

const whitebox = join(import.meta.dirname, '../dist/main.js');

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('whitebox audit', () => {
  let lab: LabDescription;
  let folder: string;

  beforeAll(async () => {
    lab = await readLab();
    folder = await mkdtemp(join(tmpdir(), 'audit-command-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  function audit(args: readonly string[], config = lab.files.tempestConf): Promise<Ended> {
    const cloud = ['--clouds-yaml', lab.files.cloudsYaml, '--cloud', lab.cloud, '--config', config];
    return new Promise((resolve) => {
      execFile(process.execPath, [whitebox, 'audit', ...cloud, ...args], (error, out, err) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
      });
    });
  }

  it('says that a healthy cloud is, as JSON alone, and as a page', async () => {
    const page = join(folder, 'audit.html');
    const { code, out, err } = await audit(['--json', '--html', page]);
    const { findings, notRead, hosts, invariants } = JSON.parse(out) as AuditResults;
    expect({ findings, notRead, hosts }).toEqual({ findings: [], notRead: [], hosts: 2 });
    expect(invariants).toHaveLength(46);
    expect([code, err]).toEqual([ExitCode.Passed, '']);
    expect(await readFile(page, 'utf8')).toContain('<h1>Everything holds</h1>');
  });

  it('says the same where hosts are looked at in threads, and has sent as much', async () => {
    const [alone, inThreads] = [await audit(['--json']), await audit(['--json', '--threads', '2'])];
    const [one, two] = [alone, inThreads].map(({ out }) => JSON.parse(out) as AuditResults);
    expect(inThreads).toMatchObject({ code: ExitCode.Passed, err: '' });
    expect(two).toMatchObject({ hosts: 2, findings: [], notRead: [], judged: one?.judged });
    // Each thread logs in and looks for the databases by itself.
    for (const kind of ['command', 'statement', 'request'] as const) {
      expect(two?.sent[kind], kind).toBeGreaterThanOrEqual(one?.sent[kind] ?? Infinity);
      expect(two?.sent[kind], kind).toBeLessThan(3 * (one?.sent[kind] ?? 0) + 30);
    }
  });

  it('says what it could not read of a host that is down, and that it cannot tell', async () => {
    const [, down] = lab.hosts;
    const name = down?.name ?? '';
    const config = join(folder, 'tempest.conf');
    const text = await readFile(lab.files.tempestConf, 'utf8');
    await writeFile(config, text.replace(`${name}:${down?.address ?? ''}`, `${name}:127.9.9.9`), {
      mode: 0o600,
    });
    const { code, out } = await audit([], config);
    expect(code).toBe(ExitCode.NotRun);
    expect(out).toMatch(
      new RegExp(`Not read, so nothing is said of it:\\n {2}${name}\\n {4}because: connect to \\S+.*WB_SSH_`),
    );
    expect(out).toContain('the domains of the host: I2, I10, I29 not judged');
    expect(out).toMatch(/Nothing was found in what was read; not everything was read of 1 host\./);
  });

  it.each([
    [['--invariant', 'I47'], 'There is none of that name'],
    [['--host', 'nowhere'], 'WB_AUDIT_UNKNOWN_HOST'],
    [['--instance', '0badf00d-0000-4000-8000-00000000dead'], 'WB_AUDIT_UNKNOWN_SERVER'],
    [['--parallel', '0'], 'at least 1'],
  ])('refuses %j', async (args, says) => {
    const { code, out, err } = await audit(args);
    expect([code, out]).toEqual([ExitCode.Usage, '']);
    expect(err).toContain(says);
  });

  it('lists what it judges, also without a cloud', async () => {
    const { code, out } = await audit(['--list'], '/nonexistent');
    expect(code).toBe(ExitCode.Passed);
    expect(out.match(/^I\d+ /gm)).toHaveLength(46);
  });
});
