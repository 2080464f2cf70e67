import { randomBytes } from 'node:crypto';
import { checkPath } from './argv.js';
import { HostError } from './errors.js';
import { fileError, notAFile } from './file-errors.js';
import type { Completed, ExecOptions, Limited, ReplaceOptions } from './host.js';
import { incompleteStatus, notAFileStatus, readScript, replaceScript } from './replace-script.js';

/** What files are read and replaced through. */
export interface Executor {
  readonly name: string;
  exec(argv: readonly string[], options?: ExecOptions): Promise<Completed>;
}

/** {@link Host.readFile} for a host that can run programs: sh and cat. */
export async function readFileByExec(
  host: Executor,
  path: string,
  options: Limited = {},
): Promise<Uint8Array> {
  const action = `read ${path}`;
  checkPath(host.name, action, path);
  const chunks: Uint8Array[] = [];
  const said: Uint8Array[] = [];
  const completed = await retold(host.name, action, () =>
    host.exec(['/bin/sh', '-c', readScript, 'sh', path], {
      ...limits(options),
      collect: false,
      onStdout: (chunk) => {
        chunks.push(chunk);
      },
      onStderr: (chunk) => {
        said.push(chunk);
      },
    }),
  );
  if (completed.exitCode !== 0) {
    throw failure(host.name, action, { ...completed, stderr: Buffer.concat(said).toString('utf8') });
  }
  return Buffer.concat(chunks);
}

/**
 * {@link Host.replaceFile} for a host that can run programs: a POSIX shell and readlink, stat, cat, chown, chmod, chcon,
 * sync and mv of coreutils or busybox. The content goes through standard input.
 */
export async function replaceFileByExec(
  host: Executor,
  path: string,
  bytes: Uint8Array,
  options: ReplaceOptions = {},
): Promise<void> {
  const action = `replace ${path}`;
  checkPath(host.name, action, path);
  const mode = (options.mode ?? 0o644).toString(8);
  const temporary = `.whitebox-${randomBytes(9).toString('hex')}.tmp`;
  const completed = await retold(host.name, action, () =>
    host.exec(['/bin/sh', '-c', replaceScript, 'sh', path, mode, String(bytes.length), temporary], {
      ...limits(options),
      stdin: bytes,
    }),
  );
  if (completed.exitCode !== 0) throw failure(host.name, action, completed);
}

function failure(host: string, action: string, { exitCode, signal, stderr }: Completed): HostError {
  if (exitCode === notAFileStatus) return notAFile(host, action);
  if (exitCode === incompleteStatus) {
    return new HostError({
      code: 'WB_HOST_FAILED',
      action,
      host,
      observed: 'not all of the content arrived; the old file is intact',
      advice: 'Try again; if it happens again, look at the connection.',
    });
  }
  return fileError(host, action, stderr || (signal === null ? '' : `ended by ${signal}`));
}

/** Errors of the program that does it, in the words of the caller. */
async function retold<T>(host: string, action: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const { code, observed, advice } = error;
    throw new HostError({ code, action, host, observed, advice, cause: error });
  }
}

function limits({ timeoutMs, signal }: Limited): Limited {
  return { timeoutMs, signal };
}
