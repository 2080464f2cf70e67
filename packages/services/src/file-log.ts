import type { Limits } from '@whitebox/core';
import { HostError, run, runText, type Host } from '@whitebox/host';
import type { FileMark } from './service.js';
import { given } from './limits.js';

const compressed = /\.(gz|bz2|xz|zst|lz4|Z)$/;

export interface FileLogText {
  readonly text: string;
  /** False when a part is lost: the file was rotated and compressed, removed, or cut off. */
  readonly complete: boolean;
}

/**
 * A log file on a host, read from a moment on, whatever logrotate does meanwhile: a file that was renamed is found by its
 * inode, one that was copied and cut off is recognised by being shorter.
 */
export class FileLog {
  readonly path: string;
  readonly #host: Host;

  constructor(host: Host, path: string) {
    this.#host = host;
    this.path = path;
  }

  /** The end of the file as it is now; a file that does not exist yet is empty. */
  async mark(limits: Limits = {}): Promise<FileMark> {
    const found = await this.#look(this.path, limits);
    return { path: this.path, identity: found?.identity, size: found?.size ?? 0 };
  }

  /** What was written since the mark was taken. */
  async since(mark: FileMark, limits: Limits = {}): Promise<FileLogText> {
    const now = await this.#look(this.path, limits);
    if (mark.identity === undefined) {
      return { text: now === undefined ? '' : await this.#tail(this.path, 0, limits), complete: true };
    }
    if (now?.identity === mark.identity) {
      const cutOff = now.size < mark.size;
      return { text: await this.#tail(this.path, cutOff ? 0 : mark.size, limits), complete: !cutOff };
    }
    const { paths, complete } = await this.#rotatedSince(mark.identity, limits);
    const parts = [];
    for (const [index, path] of paths.entries()) {
      parts.push(await this.#tail(path, index === 0 ? mark.size : 0, limits));
    }
    if (now !== undefined) parts.push(await this.#tail(this.path, 0, limits));
    return { text: parts.join(''), complete };
  }

  async #look(
    path: string,
    limits: Limits,
  ): Promise<{ readonly identity: string; readonly size: number } | undefined> {
    const completed = await this.#host.exec(['stat', '-L', '-c', '%d:%i %s', '--', path], {
      ...given(limits),
      env: { LC_ALL: 'C' },
    });
    if (completed.exitCode === 0) {
      const [identity, size] = completed.stdout.trim().split(' ');
      if (identity !== undefined && size !== undefined) return { identity, size: Number(size) };
    }
    if (completed.stderr.includes('No such file')) return undefined;
    throw new HostError({
      code: 'WB_HOST_FAILED',
      action: `look at the log file ${path}`,
      host: this.#host.name,
      observed: completed.stderr.trim() || `stat ended with ${String(completed.exitCode)}`,
      advice: 'Log files are mostly for root to read: use asRoot(host).',
    });
  }

  /**
   * The file of that identity under the name that logrotate gave it, and those that were rotated after it, oldest first.
   * Not complete where one of them is gone or compressed.
   */
  async #rotatedSince(
    identity: string,
    limits: Limits,
  ): Promise<{ readonly paths: readonly string[]; readonly complete: boolean }> {
    const slash = this.path.lastIndexOf('/');
    const found = await runText(
      this.#host,
      [
        'find',
        this.path.slice(0, slash) || '/',
        '-maxdepth',
        '1',
        '-type',
        'f',
        '-printf',
        '%D:%i %T@ %p\\0',
      ],
      given(limits),
    );
    const files = found.split('\0').flatMap((line) => {
      const [, id, seconds, path] = /^(\S+) (\S+) (.*)$/s.exec(line) ?? [];
      return path === undefined || path === this.path ? [] : [{ id, writtenAt: Number(seconds), path }];
    });
    const first = files.find(({ id }) => id === identity);
    if (first === undefined) return { paths: [], complete: false };
    const later = files
      .filter(({ path, writtenAt }) => writtenAt > first.writtenAt && this.#isRotation(path))
      .sort((a, b) => a.writtenAt - b.writtenAt)
      .map(({ path }) => path);
    const readable = later.filter((path) => !compressed.test(path));
    return { paths: [first.path, ...readable], complete: readable.length === later.length };
  }

  /** Named as logrotate names them: `x.log.1`, `x.log-20261122`, `x-20261122.log`, each perhaps compressed. */
  #isRotation(path: string): boolean {
    const name = path.replace(compressed, '');
    const stem = this.path.replace(/\.log$/, '');
    return (
      (name.startsWith(this.path) && /^[.-]\d[\d.-]*$/.test(name.slice(this.path.length))) ||
      (name.startsWith(stem) && /^-\d[\d-]*\.log$/.test(name.slice(stem.length)))
    );
  }

  async #tail(path: string, from: number, limits: Limits): Promise<string> {
    const chunks: Uint8Array[] = [];
    await run(this.#host, ['tail', '-c', `+${String(from + 1)}`, '--', path], {
      ...given(limits),
      collect: false,
      onStdout: (chunk) => {
        chunks.push(chunk);
      },
    });
    return Buffer.concat(chunks).toString('utf8');
  }
}
