import { randomBytes } from 'node:crypto';
import type { Limits } from '@whitebox/core';
import { run, type Host } from '@whitebox/host';
import { ServiceError } from './errors.js';
import { removeFile } from './file-facts.js';
import type { JournalEntry } from './journal.js';
import { given } from './limits.js';
import { isRunning, thisProcessIdentity, type ProcessIdentity } from './process-identity.js';
import { readIfThere } from './service-process.js';

/*
 * What a host itself knows of changes: who holds it, and the open entries, as far as they are of this host. All of it is
 * in two kinds of files right below /var/lib, so that no directory is made or left.
 */
const directory = '/var/lib';
const heldFile = `${directory}/whitebox-held.json`;
const recordName = /^whitebox-change-(\d[\w-]*)\.json$/;
const leftover = /^\.whitebox-.*\.tmp$/;

/** Tells this process from every other, also from one that gets its number later. */
const thisProcess = randomBytes(8).toString('hex');

/** Who holds a host. */
export interface Hold extends ProcessIdentity {
  /** The journal, which is what giving back takes; whoever has it is the owner. */
  readonly owner: string;
  /** Word of the process, which no other process has. */
  readonly process: string;
  /** Name of the host as its owner has it. */
  readonly host: string;
  /** ISO 8601 in UTC. */
  readonly since: string;
  /** What it is held for first. */
  readonly what: string;
}

/** Who owns an entry; those of older versions were written without a word about it. */
export function ownerOf({ createdBy }: JournalEntry): string {
  return createdBy.owner ?? `process ${createdBy.pid} on ${createdBy.machine}`;
}

/**
 * Takes a host for the owner of an entry, at once or not at all, whichever machines the others run on: a hard link cannot
 * be made where there is one. A host that its owner holds already is held once more, for changes that nest.
 *
 * @throws ServiceError `WB_SERVICES_HELD` with who holds it. A hold is never broken, however old it is.
 */
export async function holdHost(host: Host, entry: JournalEntry, limits: Limits): Promise<void> {
  const mine = {
    owner: ownerOf(entry),
    ...(await thisProcessIdentity()),
    process: thisProcess,
    host: host.name,
    since: new Date().toISOString(),
    what: entry.what,
  } satisfies Hold;
  let problem = '';
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (await checkHold(host, entry, limits)) return;
    const temporary = `${directory}/.whitebox-${randomBytes(9).toString('hex')}.tmp`;
    await host.replaceFile(temporary, bytesOf(mine), { ...given(limits), mode: 0o600 });
    const linked = await host.exec(['ln', '-T', '--', temporary, heldFile], options(limits));
    await removeFile(host, temporary, limits);
    if (linked.exitCode === 0) return;
    // Somebody was faster, or has just left it: look again.
    problem = linked.stderr.trim();
  }
  throw unusable(host, `take ${host.name} for: ${entry.what}`, problem);
}

/**
 * Looks whether a host can be taken for an entry.
 *
 * @returns whether it is held for its owner already
 * @throws ServiceError `WB_SERVICES_HELD`
 */
export async function checkHold(host: Host, entry: JournalEntry, limits: Limits): Promise<boolean> {
  const there = await readHold(host, limits);
  if (there === undefined) return false;
  if (there.owner === ownerOf(entry) || there.process === thisProcess) return true;
  throw await held(host, entry, there);
}

/** Lets go of a host of which nothing is open any more; does nothing as long as something is, or when another has it. */
export async function releaseHost(host: Host, owner: string, limits: Limits): Promise<void> {
  const there = await readHold(host, limits);
  if (there !== undefined && there.owner !== owner && there.process !== thisProcess) return;
  const names = await namesIn(host, limits);
  if (names.some((name) => recordName.test(name))) return;
  const temporary = names.filter((name) => leftover.test(name)).map((name) => `${directory}/${name}`);
  // What holds it goes last: until then nobody else writes here.
  for (const path of temporary) await removeFile(host, path, limits);
  await removeFile(host, heldFile, limits);
}

/**
 * Writes on the host what giving back takes there, for the case that the machine with the journal is lost. Safe on its disk
 * when the promise resolves. It has the passwords of that host's files, and of no other's; it is for root alone.
 */
export async function recordOn(host: Host, entry: JournalEntry, limits: Limits): Promise<void> {
  const own = { ...entry, hosts: entry.hosts.filter((one) => one.host === host.name) };
  await host.replaceFile(recordFile(entry.id), bytesOf(own), { ...given(limits), mode: 0o600 });
}

export async function isRecordedOn(host: Host, entry: JournalEntry, limits: Limits): Promise<boolean> {
  return (await readIfThere(host, recordFile(entry.id), limits)) !== undefined;
}

export async function forgetOn(host: Host, id: string, limits: Limits): Promise<void> {
  await removeFile(host, recordFile(id), limits);
}

/** The entries that a host knows, oldest first, and who holds it. */
export async function recordsOf(
  host: Host,
  limits: Limits = {},
): Promise<{ readonly hold: Hold | undefined; readonly entries: readonly JournalEntry[] }> {
  const entries: JournalEntry[] = [];
  for (const name of (await namesIn(host, limits)).filter((one) => recordName.test(one)).sort()) {
    const bytes = await readIfThere(host, `${directory}/${name}`, limits);
    if (bytes === undefined) continue;
    const entry = parsed(host, name, bytes) as { readonly version: unknown };
    if (entry.version !== 1) throw unusable(host, `read ${name}`, 'a newer Whitebox has written it');
    entries.push(entry as JournalEntry);
  }
  return { hold: await readHold(host, limits), entries };
}

async function readHold(host: Host, limits: Limits): Promise<Hold | undefined> {
  const bytes = await readIfThere(host, heldFile, limits);
  return bytes === undefined ? undefined : (parsed(host, heldFile, bytes) as Hold);
}

async function namesIn(host: Host, limits: Limits): Promise<string[]> {
  const { stdout } = await run(host, ['ls', '-1A', '--', `${directory}/`], options(limits));
  return stdout.split('\n');
}

function recordFile(id: string): string {
  return `${directory}/whitebox-change-${id}.json`;
}

function bytesOf(value: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
}

function parsed(host: Host, name: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw unusable(host, `read ${name}`, error instanceof Error ? error.message : String(error));
  }
}

function options(limits: Limits): Limits & { readonly env: Record<string, string> } {
  return { timeoutMs: 30_000, ...given(limits), env: { LC_ALL: 'C' } };
}

async function held(host: Host, entry: JournalEntry, hold: Hold): Promise<ServiceError> {
  return new ServiceError({
    code: 'WB_SERVICES_HELD',
    action: entry.what,
    host: host.name,
    observed: `another run holds the host ${await describeHold(hold)}`,
    advice: `Nothing was changed there. Let that run finish; if it is gone, give back what it left with "whitebox recover" on ${hold.machine}. If that machine is lost too, this host knows enough: "whitebox recover --hosts HOST... --lost ${hold.machine}".`,
  });
}

/** Who holds a host, since when and for what, and whether that process is known to be gone; for people. */
export async function describeHold(hold: Hold): Promise<string> {
  const { since, what, pid, machine, owner } = hold;
  return `since ${since}, for: ${what} (process ${String(pid)} on ${machine}, journal ${owner}); ${staleness[await holderOf(hold)]}`;
}

/** What is known of the process that holds a host. Said, never acted upon without being asked. */
export type Holder = 'this process' | 'runs' | 'gone' | 'elsewhere';

const staleness: Readonly<Record<Holder, string>> = {
  'this process': 'that is this process',
  runs: 'that process still runs',
  gone: 'that process is gone, so the hold is stale',
  elsewhere: 'whether it still runs can be seen on that machine only',
};

export async function holderOf(hold: Hold): Promise<Holder> {
  if (hold.process === thisProcess) return 'this process';
  const running = await isRunning(hold);
  return running === undefined ? 'elsewhere' : running ? 'runs' : 'gone';
}

function unusable(host: Host, action: string, observed: string): ServiceError {
  return new ServiceError({
    code: 'WB_SERVICES_JOURNAL',
    action,
    host: host.name,
    observed,
    advice: `Whitebox keeps what giving back takes in ${directory} of each host. Nothing was changed.`,
  });
}
