import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { JournalDirectory } from './journal-directory.js';
import { anEntry, describeJournal } from './journal.suite.js';
import { MemoryJournal, newEntryId } from './journal.js';

const directories: string[] = [];

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'whitebox-journal-'));
  directories.push(path);
  return join(path, 'made', 'below');
}

afterEach(async () => {
  for (const path of directories.splice(0)) await rm(path, { recursive: true });
});

describeJournal('in memory', () => Promise.resolve(new MemoryJournal()));
describeJournal('in a directory', async () => new JournalDirectory(await directory()));

describe('JournalDirectory', () => {
  it('lets nobody else read the passwords in it', async () => {
    const path = await directory();
    await new JournalDirectory(path).write(anEntry('change'));
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    const [name] = await readdir(path);
    expect((await stat(join(path, name!))).mode & 0o777).toBe(0o600);
  });

  it('is found by another process, and takes no notice of entries that were never finished', async () => {
    const path = await directory();
    const entry = anEntry('change');
    await new JournalDirectory(path).write(entry);
    await writeFile(join(path, `.${newEntryId()}.abcd.tmp`), '{"version": 1, "id": ');
    expect(await new JournalDirectory(path).entries()).toEqual([entry]);
  });

  it('refuses what it does not understand instead of forgetting it', async () => {
    const path = await directory();
    const journal = new JournalDirectory(path);
    await journal.write(anEntry('change'));
    await writeFile(join(path, '9.json'), '{"version": 2}');
    await expect(journal.entries()).rejects.toMatchObject({
      code: 'WB_SERVICES_JOURNAL',
      message: expect.stringContaining('9.json') as string,
    });
  });

  it('says so when it cannot write, and leaves nothing half-made', async () => {
    const path = await directory();
    const journal = new JournalDirectory(path);
    await journal.write(anEntry('change'));
    await writeFile(join(path, 'file'), '');
    const below = new JournalDirectory(join(path, 'file', 'below'));
    await expect(below.write(anEntry('other'))).rejects.toMatchObject({ code: 'WB_SERVICES_JOURNAL' });
    expect(await readdir(path)).toHaveLength(2);
  });
});

describe('newEntryId', () => {
  it('grows, also when the clock goes back', () => {
    const ids = [newEntryId(Date.now() + 5000), newEntryId(), newEntryId(0), newEntryId()];
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(4);
  });
});
