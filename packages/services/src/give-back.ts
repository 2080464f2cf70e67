import { errorCode } from '@whitebox/core';
import type { Host } from '@whitebox/host';
import { ServiceError } from './errors.js';
import { noHost, notGivenBack, notGivenBackAfter } from './give-back-errors.js';
import { giveBackFile } from './give-back-file.js';
import { giveBackService, type GiveBackServiceOptions } from './give-back-service.js';
import { withHosts } from './host-locks.js';
import { forgetOn, holdHost, isRecordedOn, ownerOf, releaseHost } from './host-records.js';
import { holdings, type HostEntry, type Journal, type JournalEntry } from './journal.js';
import { giveBackValue } from './kernel-values.js';

export interface GiveBackOptions extends GiveBackServiceOptions {
  /** The journal that has the entry; it is removed from there once all is given back. */
  readonly journal: Journal;
  /**
   * A file that is neither as it was nor as Whitebox left it: `refuse` (default) leaves it, keeps both known versions
   * beside it and throws at the end; `keep` leaves it and goes on, for those who have looked at it.
   */
  readonly conflicts?: 'refuse' | 'keep' | undefined;
}

/**
 * Gives back what a journal entry tells, from whichever process: the very bytes, owner, group and mode of every file,
 * services restarted or as they were before, and everything verified. What is as it was already is left alone, so it can be
 * done again after a failure. One host or file that cannot be given back does not keep the others from it.
 *
 * @param hosts found by {@link Host.name} as in the entry
 * @throws ServiceError `WB_SERVICES_NOT_LAST` when a later open entry of the journal has changed the same things: give
 *   that back first; `WB_SERVICES_NOT_GIVEN_BACK` with all that could not be; the entry stays open
 */
export async function giveBack(
  entry: JournalEntry,
  hosts: readonly Host[],
  options: GiveBackOptions,
): Promise<void> {
  const names = entry.hosts.map(({ host }) => host);
  await withHosts(names, () => giveBackHeld(entry, hosts, options), options.signal);
}

/** {@link giveBack} for those who hold the hosts already. */
async function giveBackHeld(
  entry: JournalEntry,
  hosts: readonly Host[],
  options: GiveBackOptions,
): Promise<void> {
  await checkLast(entry, options.journal);
  const done = await Promise.all(
    entry.hosts.map(async (hostEntry) => {
      const host = hosts.find(({ name }) => name === hostEntry.host);
      if (host === undefined) return [noHost(entry, hostEntry)];
      return await giveBackHost(entry, hostEntry, host, options);
    }),
  );
  const problems = done.flat();
  if (problems.length > 0) throw notGivenBack(entry, problems);
  await options.journal.remove(entry.id);
}

/**
 * The end of a change that went wrong half-way: gives back what was done and throws why it went wrong. To be called while
 * the hosts are held, so that nobody builds upon the half-made change.
 */
export async function giveBackAfter(
  error: unknown,
  entry: JournalEntry,
  hosts: readonly Host[],
  options: GiveBackOptions,
): Promise<never> {
  try {
    await giveBackHeld(entry, hosts, options);
  } catch (problem) {
    throw notGivenBackAfter(error, entry, problem);
  }
  throw error;
}

export interface GivenBack {
  readonly entry: JournalEntry;
  /** Why it could not be given back; undefined when it was. */
  readonly error: unknown;
}

/** Gives back all open entries of a journal, the latest first, and tells how each went. */
export async function giveBackAll(
  hosts: readonly Host[],
  options: GiveBackOptions,
): Promise<readonly GivenBack[]> {
  const results: GivenBack[] = [];
  for (const entry of (await options.journal.entries()).toReversed()) {
    try {
      await giveBack(entry, hosts, options);
      results.push({ entry, error: undefined });
    } catch (error) {
      results.push({ entry, error });
    }
  }
  return results;
}

/** @returns why it could not be; the host is let go of when it could and nothing else of it is open */
async function giveBackHost(
  entry: JournalEntry,
  hostEntry: HostEntry,
  host: Host,
  options: GiveBackOptions,
): Promise<unknown[]> {
  const limits = { signal: options.signal };
  try {
    const recorded = entry.createdBy.owner === undefined || (await isRecordedOn(host, entry, limits));
    try {
      await holdHost(host, entry, limits);
    } catch (error) {
      // Without a record nothing was changed yet, or all was given back; whoever holds it now does so rightly.
      if (errorCode(error) === 'WB_SERVICES_HELD' && !recorded) return [];
      throw error;
    }
    const problems = await giveBackParts(entry, hostEntry, host, recorded, options);
    if (problems.length > 0) return problems;
    await forgetOn(host, entry.id, limits);
    await releaseHost(host, ownerOf(entry), limits);
    return [];
  } catch (error) {
    return [error];
  }
}

/** @param recorded whether the host knows of the change: else what differs is not of Whitebox */
async function giveBackParts(
  entry: JournalEntry,
  { files, values = [], services }: HostEntry,
  host: Host,
  recorded: boolean,
  options: GiveBackOptions,
): Promise<unknown[]> {
  const problems: unknown[] = [];
  const limits = { signal: options.signal };
  const conflicts = recorded ? (options.conflicts ?? 'refuse') : 'keep';
  let written = false;
  for (const file of files.toReversed()) {
    try {
      written = (await giveBackFile(entry, file, host, conflicts, limits)) || written;
    } catch (error) {
      problems.push(error);
    }
  }
  for (const value of values.toReversed()) {
    try {
      await giveBackValue(host, value, conflicts, limits);
    } catch (error) {
      problems.push(error);
    }
  }
  await Promise.all(
    services.map(async (service) => {
      try {
        await giveBackService(host, service, { files, written }, options);
      } catch (error) {
        problems.push(error);
      }
    }),
  );
  return problems;
}

/** @throws ServiceError `WB_SERVICES_NOT_LAST` */
async function checkLast(entry: JournalEntry, journal: Journal): Promise<void> {
  const mine = holdings(entry);
  for (const later of await journal.entries()) {
    if (later.id <= entry.id) continue;
    const shared = [...holdings(later)].find((holding) => mine.has(holding));
    if (shared === undefined) continue;
    throw new ServiceError({
      code: 'WB_SERVICES_NOT_LAST',
      action: `give back: ${entry.what}`,
      observed: `a later change of ${shared} is still open: ${later.what}`,
      advice: 'Give changes back in the reverse order in which they were made; nothing was given back now.',
    });
  }
}
