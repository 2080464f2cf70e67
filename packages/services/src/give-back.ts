import { errorCode, type Limits } from '@whitebox/core';
import type { Host } from '@whitebox/host';
import { startedSince } from './apply-plan.js';
import { ServiceError, sentenceOf } from './errors.js';
import { fileFacts } from './file-facts.js';
import { giveBackFile } from './give-back-file.js';
import { withHosts } from './host-locks.js';
import { forgetOn, holdHost, isRecordedOn, ownerOf, releaseHost } from './host-records.js';
import { holdings, type FileEntry, type HostEntry, type Journal, type JournalEntry } from './journal.js';
import { giveBackValue } from './kernel-values.js';
import { openService } from './open-service.js';
import { defaultRestartMs, waitUntilServing } from './restart.js';
import type { ReadyProbe, Service, ServiceSnapshot, ServiceStatus, UnitSnapshot } from './service.js';

export interface GiveBackOptions {
  /** The journal that has the entry; it is removed from there once all is given back. */
  readonly journal: Journal;
  /**
   * A file that is neither as it was nor as Whitebox left it: `refuse` (default) leaves it, keeps both known versions
   * beside it and throws at the end; `keep` leaves it and goes on, for those who have looked at it.
   */
  readonly conflicts?: 'refuse' | 'keep' | undefined;
  /** Whether a service serves after its restart, or after it was started again; undefined: its process stays alive. */
  readonly ready?: ((service: Service) => ReadyProbe | undefined) | undefined;
  /** Milliseconds for each restart; default 180 000. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
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
export async function giveBackHeld(
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
    throw new ServiceError({
      code: 'WB_SERVICES_NOT_GIVEN_BACK',
      action: entry.what,
      observed: `${sentenceOf(error)}\n  After that, giving back failed too: ${sentenceOf(problem)}`,
      advice: `The journal entry ${entry.id} stays open; remove the cause and give it back again.`,
      cause: new AggregateError([error, problem]),
    });
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
    services.map(async ({ reference, before, how }) => {
      if (how === 'none') return;
      try {
        const service = openService(host, reference);
        if (how === 'restore') await restoreUntilServing(service, before, options);
        else if (await needsRestart(service, before, files, written, limits)) {
          const { timeoutMs, signal } = options;
          await service.restart({ timeoutMs, signal, ready: options.ready?.(service) });
        }
      } catch (error) {
        problems.push(error);
      }
    }),
  );
  return problems;
}

/** One that has to run again serves when the promise resolves, as far as `ready` tells. */
async function restoreUntilServing(
  service: Service,
  snapshot: ServiceSnapshot,
  options: GiveBackOptions,
): Promise<void> {
  const { signal } = options;
  const [before, mark] = await Promise.all([service.status({ signal }), service.mark({ signal })]);
  await service.restore(snapshot, { signal });
  checkRestored(service, snapshot, await service.snapshot({ signal }));
  const ready = options.ready?.(service);
  if (ready === undefined || snapshot.state !== 'running' || before.state === 'running') return;
  const after = await service.status({ signal });
  const timeoutMs = options.timeoutMs ?? defaultRestartMs;
  await waitUntilServing(service, { before, after }, mark, { ready, timeoutMs, signal });
}

/**
 * What ran runs, and everything is enabled, disabled or masked as before. What did not run may have been started by somebody
 * else since: of a service with a socket anybody can do that.
 *
 * @throws ServiceError `WB_SERVICES_CHANGED_MEANWHILE`
 */
function checkRestored(service: Service, before: ServiceSnapshot, now: ServiceSnapshot): void {
  const wrong = before.units.flatMap((was) => {
    const is = now.units.find(({ unit }) => unit === was.unit);
    if (is?.fileState === was.fileState && (is.active || !was.active)) return [];
    return [`${was.unit} is ${described(is)}, was ${described(was)}`];
  });
  if (wrong.length === 0) return;
  throw new ServiceError({
    code: 'WB_SERVICES_CHANGED_MEANWHILE',
    action: `give back ${service.name}`,
    host: service.host.name,
    observed: wrong.join('; '),
    advice: 'Somebody else starts, stops or masks it at the same time. Stop that, then give back again.',
  });
}

function described(unit: UnitSnapshot | undefined): string {
  return unit === undefined ? 'gone' : `${unit.active ? 'active' : 'inactive'} and ${unit.fileState}`;
}

/** Not when it never saw the changed files, nor when an earlier attempt has restarted it since they are back. */
async function needsRestart(
  service: Service,
  before: { readonly mainPid: number | undefined; readonly startedAt: string | undefined },
  files: readonly FileEntry[],
  written: boolean,
  limits: Limits,
): Promise<boolean> {
  const now = await service.status(limits);
  if (now.state !== 'running') return true;
  if (isProcess(now, before)) return false;
  if (written || now.startedAt === undefined) return true;
  for (const { path } of files) {
    const facts = await fileFacts(service.host, path, limits);
    // A file that is gone again leaves no time of its removal.
    if (facts === undefined || !startedSince(now.startedAt, facts)) return true;
  }
  return false;
}

function isProcess(
  now: ServiceStatus,
  before: { readonly mainPid: number | undefined; readonly startedAt: string | undefined },
): boolean {
  return now.mainPid === before.mainPid && now.startedAt?.toISOString() === before.startedAt;
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

function noHost(entry: JournalEntry, { host }: HostEntry): ServiceError {
  return new ServiceError({
    code: 'WB_SERVICES_NO_HOST',
    action: `give back: ${entry.what}`,
    host,
    observed: 'no host of that name was given',
    advice: 'Name every host as it was named when the change was made.',
  });
}

function notGivenBack(entry: JournalEntry, problems: readonly unknown[]): ServiceError {
  return new ServiceError({
    code: 'WB_SERVICES_NOT_GIVEN_BACK',
    action: `give back: ${entry.what}`,
    observed: problems.map((problem) => `\n  - ${detailed(problem)}`).join(''),
    advice: `What could be given back was. The journal entry ${entry.id} stays open; remove the cause and give it back again.`,
    cause: problems.length === 1 ? problems[0] : new AggregateError(problems),
  });
}

function detailed(problem: unknown): string {
  const code = errorCode(problem);
  const advice = problem instanceof ServiceError ? ` ${problem.advice}` : '';
  return `${sentenceOf(problem)}.${advice}${code === undefined ? '' : ` [${code}]`}`;
}
