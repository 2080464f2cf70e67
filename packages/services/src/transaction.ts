import { hostname } from 'node:os';
import { anySignal, type Limits } from '@whitebox/core';
import type { Host } from '@whitebox/host';
import { giveBack, giveBackAfter, type GiveBackOptions } from './give-back.js';
import { withHosts } from './host-locks.js';
import { checkHold, holdHost, recordOn } from './host-records.js';
import { newEntryId, type HostEntry, type Journal, type JournalEntry } from './journal.js';
import { forget, making } from './open-changes.js';
import type { ReadyProbe, Service } from './service.js';

/** Something that was changed and will be given back, at the latest at the end of its `await using` block. */
export interface Change extends AsyncDisposable {
  /** What is in the journal as long as the change is open. */
  readonly entry: JournalEntry;
  /**
   * Gives everything back and verifies it; done once, however often it is called. After an error it can be tried again.
   * @throws ServiceError as {@link giveBack} of this package
   */
  giveBack(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}

/** What is to be done on one host, found out without changing anything. */
export interface HostPlan {
  readonly host: Host;
  /** What giving back takes. */
  readonly entry: HostEntry;
  apply(signal: AbortSignal): Promise<void>;
}

export interface TransactOptions extends Limits {
  readonly journal: Journal;
  readonly ready?: ((service: Service) => ReadyProbe | undefined) | undefined;
}

/**
 * Every change of hosts goes this way, on all of them at once: write down which hosts are going to be held, hold them, look
 * (`plan`), write down what was (here, then on each host), and only then change anything (`apply`). When anything goes
 * wrong, everything is given back before the error is thrown. A process that dies anywhere leaves an entry that tells
 * enough to give back from there.
 *
 * @param what for people; never a value
 */
export async function transact(
  what: string,
  hosts: readonly Host[],
  plan: (host: Host, limits: Limits) => Promise<HostPlan>,
  options: TransactOptions,
): Promise<Change> {
  return await making(options.signal, (signal) => open(what, hosts, plan, { ...options, signal }));
}

async function open(
  what: string,
  hosts: readonly Host[],
  plan: (host: Host, limits: Limits) => Promise<HostPlan>,
  { journal, ready, timeoutMs, signal }: TransactOptions,
): Promise<OpenChange> {
  const names = hosts.map(({ name }) => name);
  return await withHosts(
    names,
    async () => {
      let entry = newEntry(what, names, journal);
      const giving = { journal, ready, timeoutMs };
      // A host that is out of reach or in other hands is none that anything has to be given back of.
      await all(hosts, (host, limit) => checkHold(host, entry, { signal: limit }), signal);
      await journal.write(entry);
      try {
        await all(hosts, (host, limit) => holdHost(host, entry, { signal: limit }), signal);
        const plans = await all(hosts, (host, limit) => plan(host, { signal: limit }), signal);
        entry = { ...entry, hosts: plans.map((one) => one.entry) };
        await journal.write(entry);
        await all(
          plans,
          async (one, limit) => {
            await recordOn(one.host, entry, { signal: limit });
            limit.throwIfAborted();
            await one.apply(limit);
          },
          signal,
        );
      } catch (error) {
        return await giveBackAfter(error, entry, hosts, giving);
      }
      return new OpenChange(entry, hosts, giving);
    },
    signal,
  );
}

function newEntry(what: string, hosts: readonly string[], journal: Journal): JournalEntry {
  const now = Date.now();
  return {
    version: 1,
    id: newEntryId(now),
    createdAt: new Date(now).toISOString(),
    createdBy: { pid: process.pid, machine: hostname(), owner: journal.owner },
    what,
    hosts: hosts.map((host) => ({ host, files: [], services: [] })),
  };
}

/** All at once; one that fails stops the work on the others. Throws the first error once nobody works any more. */
async function all<T, R>(
  items: readonly T[],
  work: (item: T, signal: AbortSignal) => Promise<R>,
  signal: AbortSignal | undefined,
): Promise<R[]> {
  const failed = new AbortController();
  const both = signal === undefined ? failed.signal : anySignal([signal, failed.signal]);
  both.throwIfAborted();
  let first: { readonly error: unknown } | undefined;
  const results: R[] = [];
  await Promise.all(
    items.map(async (item, index) => {
      try {
        results[index] = await work(item, both);
      } catch (error) {
        first ??= { error };
        failed.abort(error);
      }
    }),
  );
  if (first !== undefined) throw first.error;
  both.throwIfAborted();
  return results;
}

class OpenChange implements Change {
  readonly entry: JournalEntry;
  readonly #hosts: readonly Host[];
  readonly #options: Omit<GiveBackOptions, 'signal'>;
  #given: Promise<void> | undefined;

  constructor(entry: JournalEntry, hosts: readonly Host[], options: Omit<GiveBackOptions, 'signal'>) {
    this.entry = entry;
    this.#hosts = hosts;
    this.#options = options;
  }

  async giveBack({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    this.#given ??= giveBack(this.entry, this.#hosts, { ...this.#options, signal });
    try {
      await this.#given;
      forget(this);
    } catch (error) {
      this.#given = undefined;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.giveBack();
  }
}
