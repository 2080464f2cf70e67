import type { Host } from '@whitebox/host';
import { forgetOn, recordOn, recordsOf, releaseHost, type Hold } from './host-records.js';
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

  /** One for each change, with all hosts that know of it, by the names that they have here. */
  async entries(): Promise<readonly JournalEntry[]> {
    const found = new Map<string, JournalEntry>();
    const all = await Promise.all(
      this.#hosts.map(async (host) => ({ host: host.name, entries: (await recordsOf(host)).entries })),
    );
    for (const { host, entries } of all) {
      for (const entry of entries) {
        const known = found.get(entry.id);
        // Whoever made the change may have called this host otherwise; what a host knows is of itself alone.
        const hosts = [...(known?.hosts ?? []), ...entry.hosts.map((one) => ({ ...one, host }))];
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

  /** Lets go of a host that somebody holds who is gone; does nothing as long as an entry is open there. */
  async release(host: string, { owner }: Hold): Promise<void> {
    for (const one of this.#hosts) if (one.name === host) await releaseHost(one, owner, {});
  }

  #hostsOf(entry: JournalEntry): Host[] {
    return this.#hosts.filter(({ name }) => entry.hosts.some(({ host }) => host === name));
  }
}
