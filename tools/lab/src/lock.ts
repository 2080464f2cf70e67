import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LabError, exitCodes } from './errors.js';
import { childEnvironment } from './exec.js';

export interface LockOptions {
  /** What the holder is about to do, for whoever finds the lock taken. */
  readonly doing: string;
  /** Wait for the holder instead of giving up; called once when waiting begins. */
  readonly onWait?: (holder: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** The file goes when the lock is given back, and its folder if nothing else is in it. */
  readonly remove?: boolean;
}

/** Of flock when it cannot open the file, and of {@link whenStillThere}. */
const cannotOpen = 66;
const gone = 76;
/** How often a folder may be taken away between two looks at it before it is not believed any more. */
const mostAttempts = 20;

/** The file that flock has open must be the one that others will open: "destroy" takes it away under those who wait. */
const whenStillThere = `[ /proc/self/fd/3 -ef "$1" ] || exit ${gone}; echo; exec cat`;

/**
 * Takes the lock, or undefined if another process has it. The kernel's lock (flock) is held by a child that ends with us,
 * however we end: nothing is ever left to be taken for held, and of many who come at once one gets it. A file that is
 * looked at and then replaced has no such property.
 */
async function take(
  path: string,
  wait: boolean,
  options: Omit<LockOptions, 'doing'>,
  attempt = 1,
): Promise<AsyncDisposable | undefined> {
  const { onWait, signal, remove = false } = options;
  const holder = spawn(
    'flock',
    [
      '--exclusive',
      ...(wait ? [] : ['--nonblock']),
      '--conflict-exit-code',
      '75',
      path,
      ...['sh', '-c', whenStillThere, 'sh', path],
    ],
    {
      env: childEnvironment(),
      stdio: ['pipe', 'pipe', 'ignore'],
      // A Ctrl-C on the terminal is for us; the lock has to stay until we are done with it.
      detached: true,
    },
  );
  const ended = once(holder, 'exit') as Promise<[number | null]>;
  const stop = () => holder.kill('SIGKILL');
  signal?.addEventListener('abort', stop);
  try {
    const got = await Promise.race([once(holder.stdout, 'data').then(() => 'locked' as const), ended]);
    if (got === 'locked') {
      return {
        async [Symbol.asyncDispose]() {
          if (remove) {
            // While it is held: whoever waits for this file sees that it is gone, and begins anew.
            await rm(path, { force: true });
            await rmdir(dirname(path)).catch(() => undefined);
          } else {
            // Only a word for others; that it cannot be taken back must not keep the lock.
            await writeFile(path, '').catch(() => undefined);
          }
          holder.stdin.end();
          await ended;
        },
      };
    }
    signal?.throwIfAborted();
    if (got[0] === 75) return undefined;
    // Others who come and go may take the folder too, also before flock opens the file.
    const taken = got[0] === cannotOpen && onWait !== undefined && attempt < mostAttempts;
    if (got[0] === gone || taken) {
      await mkdir(dirname(path), { recursive: true });
      return await take(path, wait, options, attempt + 1);
    }
    throw cannotLock(path, `flock ended with ${got[0] ?? 'a signal'}`);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function cannotLock(path: string, reason: string): LabError {
  return new LabError('WB_LAB_LOCK', `Cannot lock ${path}: ${reason}`, {
    advice: `Run the command with sudo, or see who may write ${path}.`,
  });
}

/** @throws LabError WB_LAB_BUSY when another process holds it and `onWait` is not given */
export async function acquireLock(path: string, options: LockOptions): Promise<AsyncDisposable> {
  options.signal?.throwIfAborted();
  const lock =
    (await take(path, false, { ...options, signal: undefined })) ?? (await takeLater(path, options));
  const since = new Date().toISOString();
  try {
    await writeFile(path, `process ${process.pid} ("${options.doing}", since ${since})`);
  } catch (cause) {
    // The kernel locks a file for whoever can read it. One that we cannot write is not ours to hold.
    await lock[Symbol.asyncDispose]();
    throw cannotLock(path, (cause as Error).message);
  }
  return lock;
}

async function takeLater(path: string, options: LockOptions): Promise<AsyncDisposable> {
  const { onWait, signal } = options;
  // It may be gone by now.
  const text = await readFile(path, 'utf8').catch(() => '');
  const holder = text === '' ? 'another process' : text;
  if (onWait === undefined) {
    throw new LabError('WB_LAB_BUSY', `The lab is being worked on by ${holder}.`, {
      advice: 'Wait for it to end, or end it.',
      exitCode: exitCodes.busy,
    });
  }
  onWait(holder);
  signal?.throwIfAborted();
  const lock = await take(path, true, options);
  if (lock === undefined) throw new LabError('WB_LAB_LOCK', `Cannot wait for ${path}.`);
  return lock;
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
