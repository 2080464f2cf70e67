import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLock, withLock } from './lock.js';
import { bootId, identifyProcess, isAlive, startTimeFromStat } from './processes.js';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-lock-'));
  path = join(folder, 'lock');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Takes the lock, which must be free, and gives it back. */
async function take(): Promise<void> {
  await withLock(path, { doing: 'down' }, () => Promise.resolve());
}

describe('a lock', () => {
  it('is held until it is given back, and leaves no file behind', async () => {
    await withLock(path, { doing: 'up' }, async () => {
      await expect(acquireLock(path, { doing: 'down' })).rejects.toMatchObject({
        code: 'WB_LAB_BUSY',
        exitCode: 5,
        message: expect.stringContaining(`process ${process.pid} ("up"`) as string,
      });
    });
    expect(await readdir(folder)).toEqual([]);
    await take();
  });

  it('of a process that was killed is taken over', async () => {
    const child = spawn('sleep', ['60']);
    const identity = identifyProcess(child.pid ?? 0)!;
    await writeFile(path, JSON.stringify({ ...identity, doing: 'up', since: 'then' }));
    await expect(acquireLock(path, { doing: 'down' })).rejects.toMatchObject({ code: 'WB_LAB_BUSY' });
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await withLock(path, { doing: 'down' }, async () => {
      expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid, doing: 'down' });
    });
  });

  it.each([
    ['another process with the same number', { startTime: '1' }],
    ['an earlier boot', { bootId: 'another' }],
  ])('of %s is taken over', async (_what, difference) => {
    await writeFile(
      path,
      JSON.stringify({ ...identifyProcess(process.pid)!, ...difference, doing: 'up', since: '' }),
    );
    await take();
  });

  it('that was never fully written is taken over', async () => {
    await writeFile(path, '{"pid": 1');
    await take();
  });

  it('can be waited for', async () => {
    const first = await acquireLock(path, { doing: 'build' });
    const waits: string[] = [];
    const second = acquireLock(path, { doing: 'up', onWait: (holder) => waits.push(holder) });
    await expect.poll(() => waits.length).toBe(1);
    await first[Symbol.asyncDispose]();
    await (await second)[Symbol.asyncDispose]();
    expect(waits).toEqual([expect.stringContaining('"build"')]);
  });

  it('that is waited for can be given up', async () => {
    const held = await acquireLock(path, { doing: 'build' });
    const controller = new AbortController();
    const waiting = acquireLock(path, { doing: 'up', onWait: () => undefined, signal: controller.signal });
    setTimeout(() => {
      controller.abort();
    }, 50);
    await expect(waiting).rejects.toThrow('aborted');
    expect(await readdir(folder)).toEqual(['lock']);
    await held[Symbol.asyncDispose]();
  });

  it('goes to one of many who find it stale at the same time', async () => {
    await writeFile(path, '');
    await writeFile(path, JSON.stringify({ pid: 1, startTime: '-', bootId: '-', doing: 'up', since: '' }));
    let holders = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 8 }, () =>
        withLock(path, { doing: 'x', onWait: () => undefined }, async () => {
          holders += 1;
          most = Math.max(most, holders);
          await sleep(5);
          holders -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
  });
});

describe('a process', () => {
  it('is identified by its start time, whatever its name is', () => {
    const tail = Array.from({ length: 30 }, (_, index) => String(index + 3));
    tail[0] = 'S';
    expect(startTimeFromStat(`42 (a) b (c) ${tail.join(' ')}`)).toEqual({ startTime: '22', state: 'S' });
  });

  it('is alive only as itself', () => {
    const me = identifyProcess(process.pid)!;
    expect(isAlive(me)).toBe(true);
    expect(isAlive({ ...me, startTime: '1' })).toBe(false);
    expect(isAlive({ ...me, bootId: `${bootId()}x` })).toBe(false);
  });
});
