import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { ServiceReference } from './reference.js';
import type { ServiceSnapshot } from './service.js';

/**
 * What was, and what Whitebox makes of it: written before the first byte changes, removed when all is as it was. An entry
 * has everything that giving back needs. It holds configuration files with their passwords: keep it as secret as they are.
 */
export interface JournalEntry {
  readonly version: 1;
  /** Unique; in the order of the entries when sorted as text. */
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  /** Process that made the entry, on the machine of that name. */
  readonly createdBy: {
    readonly pid: number;
    readonly machine: string;
    /** {@link Journal.owner}; absent in entries of older versions, which the hosts know nothing of. */
    readonly owner?: string | undefined;
  };
  /** For people: "change [compute] cpu_shared_set of nova-compute on controller, compute1". Never a value. */
  readonly what: string;
  readonly hosts: readonly HostEntry[];
}

export interface HostEntry {
  /** {@link Host.name} */
  readonly host: string;
  readonly files: readonly FileEntry[];
  readonly values?: readonly ValueEntry[] | undefined;
  readonly services: readonly ServiceEntry[];
}

export interface FileEntry {
  /** On the host, without symbolic links. */
  readonly path: string;
  /** null: there was no such file. */
  readonly original: SavedFile | null;
  /** null: it was taken away. */
  readonly written: SavedFile | null;
  /** Directories above a new file that were not there either, the topmost first. */
  readonly madeDirectories?: readonly string[] | undefined;
}

/** A value of the kernel: a file of /sys or /proc/sys, which is written in place and read back in another form. */
export interface ValueEntry {
  readonly path: string;
  /** Without the line break at its end. */
  readonly original: string;
  readonly written: string;
}

export interface SavedFile {
  /** Base64. */
  readonly content: string;
  readonly uid: number;
  readonly gid: number;
  /** Octal. */
  readonly mode: string;
  /** Last change of the content, as `stat` and `touch` have it: seconds and nanoseconds. Of originals. */
  readonly modified?: string | undefined;
  /** SELinux label; absent where there is no SELinux. */
  readonly label?: string | undefined;
}

export interface ServiceEntry {
  readonly reference: ServiceReference;
  readonly before: ServiceSnapshot;
  /**
   * `restart`: it has to read the given back files, if it ran. `restore`: it was stopped (and masked) and has to be as it
   * was. `none`: leave it alone.
   */
  readonly how: 'restart' | 'restore' | 'none';
}

/** Keeps open entries. What is written is safe once the promise resolves, as far as the implementation promises it. */
export interface Journal {
  /** Tells it from every other journal of every machine: hosts are held in this name until all is given back. */
  readonly owner: string;
  write(entry: JournalEntry): Promise<void>;
  /** Removes an entry that is given back; does nothing when there is none. */
  remove(id: string): Promise<void>;
  /** Open entries, oldest first. */
  entries(): Promise<readonly JournalEntry[]>;
}

/** A journal for those who do not need it to outlive the process. */
export class MemoryJournal implements Journal {
  readonly owner = `in memory of process ${String(process.pid)} on ${hostname()}, ${randomBytes(4).toString('hex')}`;
  readonly #entries = new Map<string, string>();

  // As text, so that nobody changes an entry afterwards, and so that it is known to survive the way to a disk.
  write(entry: JournalEntry): Promise<void> {
    this.#entries.set(entry.id, JSON.stringify(entry));
    return Promise.resolve();
  }

  remove(id: string): Promise<void> {
    this.#entries.delete(id);
    return Promise.resolve();
  }

  entries(): Promise<readonly JournalEntry[]> {
    const ids = [...this.#entries.keys()].sort();
    return Promise.resolve(ids.map((id) => JSON.parse(this.#entries.get(id) ?? '') as JournalEntry));
  }
}

let last = { time: 0, count: 0 };

/** Later ones sort behind earlier ones, also when the clock is set back while this process runs. */
export function newEntryId(now = Date.now()): string {
  const time = Math.max(now, last.time);
  last = { time, count: time === last.time ? last.count + 1 : 0 };
  const count = String(last.count).padStart(6, '0');
  return `${String(time).padStart(14, '0')}-${count}-${randomBytes(4).toString('hex')}`;
}

/** What an entry holds: nobody may give back an earlier one of the same things first. */
export function holdings(entry: JournalEntry): Set<string> {
  return new Set(
    entry.hosts.flatMap(({ host, files, values = [], services }) => [
      ...[...files, ...values].map(({ path }) => `${path} on ${host}`),
      ...services.map(({ reference }) => `${referenceName(reference)} on ${host}`),
    ]),
  );
}

function referenceName(reference: ServiceReference): string {
  switch (reference.kind) {
    case 'systemd':
      return reference.unit.replace(/\.service$/, '');
    case 'container':
      return reference.container;
    case 'command':
      return reference.name;
  }
}
