import { randomBytes } from 'node:crypto';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError, exitCodes } from './errors.js';
import { identifyProcess, isAlive, type ProcessIdentity } from './processes.js';

interface Holder extends ProcessIdentity {
  readonly doing: string;
  readonly since: string;
}

export interface LockOptions {
  /** What the holder is about to do, for whoever finds the lock taken. */
  readonly doing: string;
  /** Wait for the holder instead of giving up; called once when waiting begins. */
  readonly onWait?: (holder: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A lock file that is only as good as the process that wrote it is alive: after a kill -9 or a reboot the next one takes
 * it over. It appears with its content in one step (link), so nobody ever reads half of it.
 * @throws LabError WB_LAB_BUSY when another living process holds it and `onWait` is not given
 */
export async function acquireLock(path: string, options: LockOptions): Promise<AsyncDisposable> {
  const me = identifyProcess(process.pid);
  if (me === undefined) throw new LabError('WB_LAB_LOCK', 'Cannot read our own entry in /proc.');
  const content = JSON.stringify({ ...me, doing: options.doing, since: new Date().toISOString() });
  const own = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(own, content);
  try {
    for (let told = false; ;) {
      if (await tryLink(own, path)) break;
      const text = await readFile(path, 'utf8').catch(() => '');
      if (text === '') continue;
      const holder = parseHolder(text);
      if (holder === undefined || !isAlive(holder)) {
        await removeStale(path, text);
        continue;
      }
      const who = `process ${holder.pid} ("${holder.doing}", since ${holder.since})`;
      if (options.onWait === undefined) {
        throw new LabError('WB_LAB_BUSY', `The lab is being worked on by ${who}.`, {
          advice: `Wait for it to end, or end it with "kill ${holder.pid}".`,
          exitCode: exitCodes.busy,
        });
      }
      if (!told) options.onWait(who);
      told = true;
      await sleep(200, undefined, { signal: options.signal });
    }
  } finally {
    await unlink(own);
  }
  return {
    async [Symbol.asyncDispose]() {
      if ((await readFile(path, 'utf8').catch(() => '')) === content) await unlink(path);
    },
  };
}

/** Runs the work with the lock held. */
export async function withLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const lock = await acquireLock(path, options);
  try {
    return await work();
  } finally {
    await lock[Symbol.asyncDispose]();
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

/** Two may find the same stale lock; the slower must not remove what the faster has put there since. */
async function removeStale(path: string, stale: string): Promise<void> {
  const aside = `${path}.stale.${randomBytes(4).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== stale) await tryLink(aside, path);
  await unlink(aside);
}
