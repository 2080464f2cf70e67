import type { Limits } from '@whitebox/core';
import { HostError, run, runText, type Host } from '@whitebox/host';
import type { FileMark } from './service.js';
import { given } from './limits.js';

export interface FileLogText {
  readonly text: string;
  /** False when a part is lost: the file was rotated twice, compressed, or cut off. */
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
    if (now === undefined) return { text: '', complete: mark.size === 0 };
    if (mark.identity === undefined) return { text: await this.#tail(this.path, 0, limits), complete: true };
    if (now.identity === mark.identity) {
      const cutOff = now.size < mark.size;
      return { text: await this.#tail(this.path, cutOff ? 0 : mark.size, limits), complete: !cutOff };
    }
    const rotated = await this.#find(mark.identity, limits);
    const rest = rotated === undefined ? '' : await this.#tail(rotated, mark.size, limits);
    return { text: rest + (await this.#tail(this.path, 0, limits)), complete: rotated !== undefined };
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

  /** The file of that identity beside this one, under the name that logrotate gave it. */
  async #find(identity: string, limits: Limits): Promise<string | undefined> {
    const [device, inode] = identity.split(':');
    const directory = this.path.slice(0, this.path.lastIndexOf('/')) || '/';
    const found = await runText(
      this.#host,
      ['find', directory, '-maxdepth', '1', '-type', 'f', '-inum', inode ?? '', '-printf', '%D:%i %p\\n'],
      given(limits),
    );
    const prefix = `${device ?? ''}:${inode ?? ''} `;
    return found
      .split('\n')
      .find((line) => line.startsWith(prefix))
      ?.slice(prefix.length);
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
