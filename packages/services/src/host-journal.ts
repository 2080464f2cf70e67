import type { Host } from '@whitebox/host';
import { forgetOn, recordOn, recordsOf, type Hold } from './host-records.js';
import type { Journal, JournalEntry } from './journal.js';

/**
 * The open entries as the hosts themselves know them, for when the machine with the journal is lost: give it to `giveBackAll`
 * instead of that journal. Make sure first that nobody works on the entries any more; {@link holds} tells who did.
 */
export class HostJournal implements Journal {
  readonly #hosts: readonly Host[];

  constructor(hosts: readonly Host[]) {
    this.#hosts = hosts;
  }

  get owner(): string {
    return `on ${this.#hosts.map(({ name }) => name).join(', ')}`;
  }

  async write(entry: JournalEntry): Promise<void> {
    await Promise.all(this.#hostsOf(entry).map((host) => recordOn(host, entry, {})));
  }

  async remove(id: string): Promise<void> {
    await Promise.all(this.#hosts.map((host) => forgetOn(host, id, {})));
  }

  /** One for each change, with all hosts that know of it. */
  async entries(): Promise<readonly JournalEntry[]> {
    const found = new Map<string, JournalEntry>();
    for (const { entries } of await Promise.all(this.#hosts.map((host) => recordsOf(host)))) {
      for (const entry of entries) {
        const known = found.get(entry.id);
        const hosts = [...(known?.hosts ?? []), ...entry.hosts];
        found.set(entry.id, { ...entry, hosts });
      }
    }
    return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Who holds the hosts, by their names. */
  async holds(): Promise<ReadonlyMap<string, Hold>> {
    const found = new Map<string, Hold>();
    await Promise.all(
      this.#hosts.map(async (host) => {
        const { hold } = await recordsOf(host);
        if (hold !== undefined) found.set(host.name, hold);
      }),
    );
    return found;
  }

  #hostsOf(entry: JournalEntry): Host[] {
    return this.#hosts.filter(({ name }) => entry.hosts.some(({ host }) => host === name));
  }
}
