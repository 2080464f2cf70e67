import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { errorCode } from '@whitebox/core';
import { ServiceError } from './errors.js';
import type { Journal, JournalEntry } from './journal.js';

/**
 * A journal in a directory of this machine: one JSON file for each open entry, readable by its owner alone. An entry is
 * there whole or not at all, and on the disk when {@link write} resolves.
 */
export class JournalDirectory implements Journal {
  readonly path: string;
  readonly owner: string;

  /** @param path made when the first entry is written */
  constructor(path: string) {
    this.path = path;
    this.owner = `${hostname()}:${resolve(path)}`;
  }

  async write(entry: JournalEntry): Promise<void> {
    await this.#doing(`write a journal entry to ${this.path}`, async () => {
      await mkdir(this.path, { recursive: true, mode: 0o700 });
      const temporary = join(this.path, `.${entry.id}.${randomBytes(4).toString('hex')}.tmp`);
      try {
        const file = await open(temporary, 'wx', 0o600);
        await finish(file, async () => {
          await file.writeFile(`${JSON.stringify(entry, undefined, 2)}\n`);
          await file.sync();
        });
        await rename(temporary, this.#fileOf(entry.id));
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      await this.#sync();
    });
  }

  async remove(id: string): Promise<void> {
    await this.#doing(`remove a journal entry from ${this.path}`, async () => {
      await rm(this.#fileOf(id), { force: true });
      await this.#sync();
    });
  }

  async entries(): Promise<readonly JournalEntry[]> {
    return await this.#doing(`read the journal in ${this.path}`, async () => {
      const names = (await namesIn(this.path)).filter((name) => /^\d.*\.json$/.test(name)).sort();
      return await Promise.all(
        names.map(async (name) => entryOf(await readFile(join(this.path, name), 'utf8'), name)),
      );
    });
  }

  #fileOf(id: string): string {
    return join(this.path, `${id}.json`);
  }

  /** The name of a new or removed file is in its directory, which the disk has to get as well. */
  async #sync(): Promise<void> {
    let directory: FileHandle;
    try {
      directory = await open(this.path, 'r');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return;
      throw error;
    }
    await finish(directory, () => directory.sync());
  }

  async #doing<T>(action: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new ServiceError({
        code: 'WB_SERVICES_JOURNAL',
        action,
        observed: error instanceof Error ? error.message : String(error),
        advice:
          'Without a journal nothing is changed: give it a directory that can be written to. Do not delete entries by hand before their files are back.',
        cause: error,
      });
    }
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function entryOf(text: string, name: string): JournalEntry {
  const entry: unknown = JSON.parse(text);
  if (typeof entry === 'object' && entry !== null && 'version' in entry && entry.version === 1) {
    return entry as JournalEntry;
  }
  throw new Error(`${name} is not a journal entry of version 1; a newer Whitebox may have written it`);
}

async function finish(file: FileHandle, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    await file.close();
  }
}
