import { describe, expect, it } from 'vitest';
import { newEntryId, type Journal, type JournalEntry } from './journal.js';

export function anEntry(what: string): JournalEntry {
  return {
    version: 1,
    id: newEntryId(),
    createdAt: new Date().toISOString(),
    createdBy: { pid: 1, machine: 'here' },
    what,
    hosts: [
      {
        host: 'one',
        files: [
          {
            path: '/etc/nova/nova.conf',
            original: { content: Buffer.from([0, 255, 10]).toString('base64'), uid: 0, gid: 1, mode: '640' },
            written: { content: '', uid: 0, gid: 1, mode: '640' },
          },
        ],
        services: [],
      },
    ],
  };
}

/** What every journal does. */
export function describeJournal(name: string, open: () => Promise<Journal>): void {
  describe(`Journal: ${name}`, () => {
    it('gives back what was written, oldest first', async () => {
      const journal = await open();
      expect(await journal.entries()).toEqual([]);
      const entries = Array.from({ length: 12 }, (_, index) => anEntry(`change ${String(index)}`));
      for (const entry of entries.toReversed()) await journal.write(entry);
      expect(await journal.entries()).toEqual(entries);
    });

    it('replaces an entry that is written again', async () => {
      const journal = await open();
      const entry = anEntry('first');
      await journal.write(entry);
      await journal.write({ ...entry, what: 'second' });
      expect((await journal.entries()).map(({ what }) => what)).toEqual(['second']);
    });

    it('removes an entry, also twice', async () => {
      const journal = await open();
      const [kept, gone] = [anEntry('kept'), anEntry('gone')];
      await journal.write(kept);
      await journal.write(gone);
      await journal.remove(gone.id);
      await journal.remove(gone.id);
      expect(await journal.entries()).toEqual([kept]);
    });
  });
}
