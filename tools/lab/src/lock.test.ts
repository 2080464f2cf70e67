import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLock, withLock } from './lock.js';

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
  it('is held until it is given back, and tells who has it', async () => {
    await withLock(path, { doing: 'up' }, async () => {
      await expect(acquireLock(path, { doing: 'down' })).rejects.toMatchObject({
        code: 'WB_LAB_BUSY',
        exitCode: 5,
        message: expect.stringContaining(`process ${process.pid} ("up"`) as string,
      });
    });
    expect(await readFile(path, 'utf8')).toBe('');
    await take();
  });

  it('is given back when the work fails', async () => {
    await expect(withLock(path, { doing: 'up' }, () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
    await take();
  });

  it('of a process that was killed is free, whatever the file says', async () => {
    const script =
      `import { spawn } from 'node:child_process';` +
      `const child = spawn('flock', [${JSON.stringify(path)}, 'sh', '-c', 'echo; exec cat'], { stdio: ['pipe', 'inherit', 'inherit'], detached: true });`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', script]);
    await once(other.stdout, 'data');
    await writeFile(path, `process ${other.pid ?? 0} ("up", since then)`);
    await expect(acquireLock(path, { doing: 'down' })).rejects.toMatchObject({ code: 'WB_LAB_BUSY' });
    const ended = once(other, 'exit');
    other.kill('SIGKILL');
    await ended;
    await withLock(path, { doing: 'down', onWait: () => undefined }, async () => {
      expect(await readFile(path, 'utf8')).toContain('("down"');
    });
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
    const waiting = acquireLock(path, {
      doing: 'up',
      onWait: () => {
        controller.abort();
      },
      signal: controller.signal,
    });
    await expect(waiting).rejects.toThrow('aborted');
    await held[Symbol.asyncDispose]();
    await take();
  });

  it('goes to one of many who come at the same time', async () => {
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

  it('in a folder that is not there is an error', async () => {
    await expect(acquireLock(join(folder, 'no', 'lock'), { doing: 'x' })).rejects.toMatchObject({
      code: 'WB_LAB_LOCK',
    });
  });

  it('that may be read but not written is refused, and not held', async () => {
    // A folder can be locked and not written, as a file of root's can be by others.
    await mkdir(path);
    await expect(acquireLock(path, { doing: 'down' })).rejects.toMatchObject({
      code: 'WB_LAB_LOCK',
      details: { advice: expect.stringContaining('sudo') as string },
    });
    await rm(path, { recursive: true });
    await take();
  });

  it('whose file is taken away with it goes to one of those who wait, who make the file anew', async () => {
    let holders = 0;
    let most = 0;
    const use = async () => {
      holders += 1;
      most = Math.max(most, holders);
      await sleep(20);
      holders -= 1;
    };
    let waiters = 0;
    const waiting = { doing: 'build', onWait: () => void (waiters += 1) };
    const builders: Promise<void>[] = [];
    await withLock(path, { doing: 'destroy', remove: true }, async () => {
      // Not before: whichever comes first would have it.
      builders.push(...Array.from({ length: 4 }, () => withLock(path, waiting, use)));
      while (waiters < builders.length) await sleep(5);
      await use();
    });
    await Promise.all(builders);
    // Those who waited for the old file and whoever opens the new one must not both have it.
    expect(most).toBe(1);
    await withLock(path, { doing: 'destroy', remove: true }, () => Promise.resolve());
    await expect(stat(folder)).rejects.toThrow('ENOENT');
    await mkdir(folder);
  });
});
