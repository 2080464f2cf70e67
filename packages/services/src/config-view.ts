import type { Limits } from '@whitebox/core';
import { run, type Host } from '@whitebox/host';
import { loadConfigChain, type ConfigChain, type ServiceProcess } from '@whitebox/ini';
import { hostPathOf } from './config-places.js';
import { given } from './limits.js';
import type { Service } from './service.js';
import { readIfThere } from './service-process.js';

/**
 * Files of one host, each read once; changes stay in here until somebody writes them. Planned texts of several services
 * that share a file add up.
 */
export class HostFiles {
  readonly host: Host;
  readonly #limits: Limits;
  readonly #read = new Map<string, Promise<Uint8Array | undefined>>();
  readonly #listed = new Map<string, Promise<readonly string[] | undefined>>();
  readonly #planned = new Map<string, Uint8Array | undefined>();

  constructor(host: Host, limits: Limits = {}) {
    this.host = host;
    this.#limits = limits;
  }

  /** As it is on the host now. */
  original(path: string): Promise<Uint8Array | undefined> {
    let content = this.#read.get(path);
    if (content === undefined) {
      content = readIfThere(this.host, path, this.#limits);
      this.#read.set(path, content);
    }
    return content;
  }

  /** As it will be. */
  async planned(path: string): Promise<Uint8Array | undefined> {
    return this.#planned.has(path) ? this.#planned.get(path) : await this.original(path);
  }

  /** @param content undefined: there shall be no such file */
  plan(path: string, content: Uint8Array | undefined): void {
    this.#planned.set(path, content);
  }

  /** Paths whose content will be another one. */
  async changed(): Promise<string[]> {
    const paths: string[] = [];
    for (const [path, content] of this.#planned) {
      const original = await this.original(path);
      if (original === undefined && content === undefined) continue;
      if (original === undefined || content === undefined || !Buffer.from(original).equals(content))
        paths.push(path);
    }
    return paths;
  }

  async list(directory: string): Promise<readonly string[] | undefined> {
    let listed = this.#listed.get(directory);
    if (listed === undefined) {
      listed = this.#ls(directory);
      this.#listed.set(directory, listed);
    }
    const entries = await listed;
    if (entries === undefined) return undefined;
    const names = new Set(entries);
    for (const [path, content] of this.#planned) {
      const slash = path.lastIndexOf('/');
      if (path.slice(0, slash) !== directory) continue;
      if (content === undefined) names.delete(path.slice(slash + 1));
      else names.add(path.slice(slash + 1));
    }
    return [...names];
  }

  async #ls(directory: string): Promise<readonly string[] | undefined> {
    const argv = ['ls', '-1A', '--', `${directory}/`];
    const options = { timeoutMs: 30_000, ...given(this.#limits), env: { LC_ALL: 'C' } };
    const completed = await this.host.exec(argv, options);
    if (completed.exitCode !== 0) {
      if (/No such file|Not a directory/.test(completed.stderr)) return undefined;
      await run(this.host, argv, options);
    }
    return completed.stdout.split('\n').filter((name) => name !== '');
  }
}

/** Where a file is read: by its path on the host, or through the root directory of a process in a container. */
export type PathView = (path: string) => string | undefined;

/** As the process that runs now sees its files. */
export function processView(service: Service, pid: number): PathView {
  return (path) => (isContained(service) ? `/proc/${pid}/root${path}` : path);
}

/** As its next start will see them: where files are copied into a container, their sources. */
export function sourceView(service: Service, pid: number | undefined): PathView {
  return (path) =>
    hostPathOf(service.config, path, isContained(service)) ??
    (pid === undefined ? undefined : `/proc/${pid}/root${path}`);
}

export function isContained({ reference }: Service): boolean {
  return (
    reference.kind === 'container' || (reference.kind === 'command' && reference.containerName !== undefined)
  );
}

/** The files that a process reads, in its order. */
export async function loadChain(
  files: HostFiles,
  view: PathView,
  process: ServiceProcess,
): Promise<ConfigChain> {
  const located = async <T>(path: string, read: (path: string) => Promise<T>): Promise<T | undefined> => {
    const there = view(path);
    return there === undefined ? undefined : await read(there);
  };
  return await loadConfigChain(
    {
      // What is not UTF-8 can still be read around; changing such a file is refused where it is planned.
      readFile: async (path) => {
        const bytes = await located(path, (there) => files.planned(there));
        return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
      },
      listDir: (path) => located(path, (there) => files.list(there)),
    },
    process,
  );
}
