import { appendFile, copyFile, mkdtemp, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalHost, type Completed, type ExecOptions } from '@whitebox/host';
import { FakeHost } from '@whitebox/host/testing';
import { FileLog } from './file-log.js';
import { readLogs } from './logs.js';

describe('FileLog', () => {
  let directory: string;
  let path: string;
  let log: FileLog;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'whitebox-log-'));
    path = join(directory, 'nova-compute.log');
    log = new FileLog(new LocalHost(), path);
  });

  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  it('tells what was written since the mark', async () => {
    await writeFile(path, 'before\n');
    const mark = await log.mark();
    expect(await log.since(mark)).toEqual({ text: '', complete: true });
    await appendFile(path, 'é\n');
    expect(await log.since(mark)).toEqual({ text: 'é\n', complete: true });
  });

  it('tells all of a file that did not exist', async () => {
    const mark = await log.mark();
    expect(await log.since(mark)).toEqual({ text: '', complete: true });
    await writeFile(path, 'first\n');
    expect(await log.since(mark)).toEqual({ text: 'first\n', complete: true });
  });

  it('follows a file that was renamed, and the one that came after it', async () => {
    await writeFile(path, 'before\n');
    const mark = await log.mark();
    await appendFile(path, 'last\n');
    await rename(path, `${path}.1`);
    await writeFile(path, 'first of the new one, and longer\n');
    expect(await log.since(mark)).toEqual({
      text: 'last\nfirst of the new one, and longer\n',
      complete: true,
    });
  });

  it('follows it through two rotations, and tells what stands between them', async () => {
    await writeFile(path, 'before\n');
    const mark = await log.mark();
    await appendFile(path, 'one\n');
    await rename(path, `${path}.1`);
    await writeFile(path, 'two\n');
    await utimes(`${path}.1`, 1000, 1000);
    await rename(`${path}.1`, `${path}.2`);
    await rename(path, `${path}.1`);
    await utimes(`${path}.1`, 2000, 2000);
    await writeFile(path, 'three\n');
    await writeFile(`${path}.bak`, 'somebody else\n');
    expect(await log.since(mark)).toEqual({ text: 'one\ntwo\nthree\n', complete: true });
    await rename(`${path}.1`, `${path}.1.gz`);
    expect(await log.since(mark)).toEqual({ text: 'one\nthree\n', complete: false });
  });

  it('reads on in a file that was renamed and has no successor yet', async () => {
    await writeFile(path, 'before\n');
    const mark = await log.mark();
    await rename(path, `${path}.1`);
    await appendFile(`${path}.1`, 'written by who has it open\n');
    expect(await log.since(mark)).toEqual({ text: 'written by who has it open\n', complete: true });
  });

  it('says that something is lost when the old file is gone or was cut off', async () => {
    await writeFile(path, 'before\n');
    const mark = await log.mark();
    await copyFile(path, `${path}.1`);
    await truncate(path);
    await appendFile(path, 'new\n');
    expect(await log.since(mark)).toEqual({ text: 'new\n', complete: false });
    // Written first, so that the new file cannot get the inode of the old one.
    await writeFile(`${path}.new`, 'newer\n');
    await rename(`${path}.new`, path);
    expect(await log.since(mark)).toEqual({ text: 'newer\n', complete: false });
    await rm(path);
    expect(await log.since(mark)).toEqual({ text: '', complete: false });
  });
});

describe('readLogs', () => {
  it('reads what journalctl makes of odd messages', async () => {
    const lines = [
      { MESSAGE: 'plain', _PID: '12', PRIORITY: '6', _SOURCE_REALTIME_TIMESTAMP: '1795370587747159' },
      { MESSAGE: [104, 195, 169, 255], __REALTIME_TIMESTAMP: '1795370587747159' },
      { MESSAGE: null },
      { MESSAGE: ['one', 'two'] },
    ];
    const host = new FakeHost().on('journalctl', ({ argv }) =>
      argv.includes('--sync') ? '' : lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    );
    const since = new Date('2026-11-22T18:03:19.250Z');
    const read = await readLogs(host, { unit: 'a.service', files: [] }, since);
    expect(read.map(({ message }) => message)).toEqual(['plain', 'hé�', '', 'one\ntwo']);
    expect(read[0]).toMatchObject({
      source: 'journal',
      pid: 12,
      priority: 6,
      time: new Date('2026-11-22T18:03:07.747Z'),
    });
    expect(read[2]).toMatchObject({ pid: undefined, priority: undefined, time: undefined });
    const query = host.commands.at(-1);
    expect(query?.join(' ')).toContain('-u a.service --since @1795370599.250');
  });

  it('reads a journal of any size', async () => {
    const line = JSON.stringify({ MESSAGE: 'x'.repeat(10_000) });
    // More than a Host keeps of a program's output by default.
    class LongJournal extends LocalHost {
      override exec(argv: readonly string[], options?: ExecOptions): Promise<Completed> {
        if (argv.includes('--sync')) return super.exec(['true']);
        return super.exec(['sh', '-c', 'yes "$1" | head -n 7000', 'sh', line], options);
      }
    }
    const read = await readLogs(new LongJournal(), { unit: 'a.service', files: [] }, new Date(0));
    expect(read).toHaveLength(7000);
    expect(read.at(-1)?.message).toHaveLength(10_000);
  });

  it('puts the two streams of a container into one order', async () => {
    const host = new FakeHost().on(['podman', 'logs'], {
      stdout: '2026-11-22T18:03:01.5Z one\n2026-11-22T18:03:03Z three\n',
      stderr: '2026-11-22T18:03:02Z two\n',
    });
    const places = { container: { runtime: 'podman', name: 'c' }, files: [] } as const;
    const read = await readLogs(host, places, new Date(0));
    expect(read.map(({ message }) => message)).toEqual(['one', 'two', 'three']);
  });
});
