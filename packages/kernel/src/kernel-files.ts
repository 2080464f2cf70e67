import { CpuSet, CpuSetError } from '@whitebox/core';
import type { Completed, Host, Limited } from '@whitebox/host';
import { KernelError, unreadable } from './errors.js';

/** Files of /sys and /proc as one command printed them. */
export class KernelFiles {
  readonly action: string;
  readonly host: string;
  readonly #contents: ReadonlyMap<string, string>;
  readonly #stderr: string;

  /** @param printed what `grep -H ''` prints: `path:line` */
  constructor(action: string, host: string, printed: string, stderr = '') {
    this.action = action;
    this.host = host;
    this.#contents = groupByPath(printed);
    this.#stderr = stderr;
  }

  /** Without the line end; undefined when the file is not there (or is of no bytes at all). */
  find(path: string): string | undefined {
    return this.#contents.get(path);
  }

  get(path: string): string {
    const content = this.find(path);
    if (content !== undefined) return content;
    if (/permission denied|operation not permitted/i.test(this.#stderr)) throw this.denied();
    throw unreadable(this.action, this.host, `${path} is not there${this.#said()}`);
  }

  /** Matches of a pattern among the paths, each with its groups; a numeric group orders them. */
  paths(pattern: RegExp): RegExpExecArray[] {
    return [...this.#contents.keys()].flatMap((path) => {
      const match = pattern.exec(path);
      return match === null ? [] : [match];
    });
  }

  integer(path: string): number {
    return this.toInteger(path, this.get(path));
  }

  findInteger(path: string): number | undefined {
    const content = this.find(path);
    return content === undefined ? undefined : this.toInteger(path, content);
  }

  cpuSet(path: string): CpuSet {
    return this.toCpuSet(path, this.get(path));
  }

  toInteger(path: string, text: string): number {
    const number = /^\s*-?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(number)) throw this.notUnderstood(path, text);
    return number;
  }

  toCpuSet(path: string, text: string): CpuSet {
    try {
      return CpuSet.parse(text, 'kernel');
    } catch (error) {
      if (error instanceof CpuSetError) throw this.notUnderstood(path, text, error);
      throw error;
    }
  }

  notUnderstood(path: string, text: string, cause?: unknown): KernelError {
    return unreadable(this.action, this.host, `${path} has ${JSON.stringify(text.slice(0, 200))}`, cause);
  }

  denied(): KernelError {
    return new KernelError({
      code: 'WB_KERNEL_DENIED',
      action: this.action,
      host: this.host,
      observed: this.#stderr.trim().slice(0, 500),
      advice: 'Read it as root: wrap the host with asRoot() of @whitebox/host.',
    });
  }

  #said(): string {
    const said = this.#stderr.trim();
    return said === '' ? '' : ` (${said.slice(0, 500)})`;
  }
}

/** Lines of a file follow each other, so they are taken together: thousands of them are read of each host. */
function groupByPath(printed: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const endOfLine = (from: number): number => {
    const end = printed.indexOf('\n', from);
    return end < 0 ? printed.length : end;
  };
  for (let at = 0; at < printed.length;) {
    let end = endOfLine(at);
    const colon = printed.indexOf(':', at);
    if (colon < 0) break;
    if (colon < end) {
      const path = printed.slice(at, colon);
      const mark = `${path}:`;
      while (printed.startsWith(mark, end + 1)) end = endOfLine(end + 1);
      const text = printed.slice(colon + 1, end).replaceAll(`\n${mark}`, '\n');
      const before = files.get(path);
      files.set(path, before === undefined ? text : `${before}\n${text}`);
    }
    at = end + 1;
  }
  return files;
}

/** Runs a script in the host's sh, with arguments that the script sees as $1, $2, ...; nothing is put into its text. */
export async function runScript(
  host: Host,
  script: string,
  args: readonly string[],
  limits: Limited,
): Promise<Completed> {
  return await host.exec(['sh', '-c', script, 'sh', ...args], {
    timeoutMs: limits.timeoutMs ?? 30_000,
    signal: limits.signal,
    env: { LC_ALL: 'C' },
  });
}

/** @param patterns of the shell, for files */
export function filesScript(patterns: readonly string[]): string {
  return `grep -aH '' ${patterns.join(' ')}`;
}

/**
 * Reads all files that match shell patterns, in one command. Those that are not there, or vanish meanwhile, are left
 * out; asking for one of them says what grep said about it.
 */
export async function readKernelFiles(
  host: Host,
  action: string,
  patterns: readonly string[],
  limits: Limited,
): Promise<KernelFiles> {
  const { stdout, stderr } = await runScript(host, filesScript(patterns), [], limits);
  return new KernelFiles(action, host.name, stdout, stderr);
}
