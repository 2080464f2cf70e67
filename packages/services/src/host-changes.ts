import type { Host } from '@whitebox/host';
import { sentenceOf } from './errors.js';
import { giveBack } from './give-back.js';
import { HostJournal } from './host-journal.js';
import { describeHold, holderOf, type Hold, type Holder } from './host-records.js';
import type { JournalEntry } from './journal.js';
import type { ReadyProbe, Service } from './service.js';

/** A hold of hosts, and what is open there in the name of its owner. */
export interface HeldHosts {
  readonly hold: Hold;
  readonly holder: Holder;
  readonly hosts: readonly string[];
  readonly entries: readonly JournalEntry[];
}

/** What hosts themselves know of changes that are not given back. */
export interface HostChanges {
  readonly journal: HostJournal;
  readonly held: readonly HeldHosts[];
  /** Open entries of hosts that nobody holds: somebody has removed the file of the hold by hand. */
  readonly unheld: readonly JournalEntry[];
}

export async function readHostChanges(hosts: readonly Host[]): Promise<HostChanges> {
  const journal = new HostJournal(hosts);
  const [holds, entries] = await Promise.all([journal.holds(), journal.entries()]);
  const held: HeldHosts[] = [];
  for (const owner of new Set([...holds.values()].map((hold) => hold.owner))) {
    const own = [...holds].filter(([, hold]) => hold.owner === owner);
    const names = own.map(([name]) => name).sort();
    // The first of its holds tells for what they were taken.
    const [hold] = own.map(([, one]) => one).sort((a, b) => a.since.localeCompare(b.since));
    if (hold === undefined) continue;
    const mine = entries.filter((entry) => entry.hosts.some(({ host }) => names.includes(host)));
    held.push({ hold, holder: await holderOf(hold), hosts: names, entries: mine });
  }
  const known = new Set(held.flatMap((one) => one.entries).map(({ id }) => id));
  return { journal, held, unheld: entries.filter(({ id }) => !known.has(id)) };
}

/** A line for each hold and each entry, with owner, host and time. */
export async function describeHostChanges({ held, unheld }: HostChanges): Promise<string[]> {
  const lines: string[] = [];
  for (const { hold, hosts, entries } of held) {
    lines.push(`${hosts.join(', ')} held ${await describeHold(hold)}`, ...entries.map(described));
  }
  return [...lines, ...unheld.map(described)];
}

function described({ what, createdAt, hosts }: JournalEntry): string {
  return `${what} (since ${createdAt}; written down on ${hosts.map(({ host }) => host).join(', ')})`;
}

export interface GiveBackHostsOptions {
  /** Machines that ran Whitebox and are lost: of their processes nobody can tell any more that they are gone. */
  readonly lost?: readonly string[] | undefined;
  readonly ready?: ((service: Service) => ReadyProbe | undefined) | undefined;
  /** Of files that somebody else has changed since, as for {@link giveBack}. */
  readonly conflicts?: 'refuse' | 'keep' | undefined;
}

/**
 * Gives back what hosts know of, the latest first, without the journal of the machine that made it, and lets go of them.
 * What a process that runs, or may run elsewhere, is at work on is left alone.
 *
 * @param say told of each step
 * @returns what could not be given back and why, in words; empty when all was
 */
export async function giveBackHostChanges(
  { journal, held, unheld }: HostChanges,
  hosts: readonly Host[],
  { lost = [], ready, conflicts }: GiveBackHostsOptions,
  say: (text: string) => void,
): Promise<string[]> {
  const failures: string[] = [];
  const undo = async (entry: JournalEntry): Promise<void> => {
    say(`  undo: ${entry.what}`);
    try {
      await giveBack(entry, hosts, { journal, ready, conflicts });
    } catch (error) {
      failures.push(`undo: ${entry.what}: ${sentenceOf(error)}`);
    }
  };
  for (const { hold, holder, hosts: names, entries } of held) {
    const left = whyLeft(hold, holder, lost);
    if (left !== undefined) {
      failures.push(`${names.join(', ')}: ${await describeHold(hold)}: ${left}`);
      continue;
    }
    for (const entry of entries.toReversed()) await undo(entry);
    for (const name of names) await journal.release(name, hold);
  }
  for (const entry of unheld.toReversed()) await undo(entry);
  return failures;
}

function whyLeft({ machine }: Hold, holder: Holder, lost: readonly string[]): string | undefined {
  switch (holder) {
    case 'gone':
      return undefined;
    case 'this process':
    case 'runs':
      return 'let it finish, or interrupt it: then it gives back itself';
    case 'elsewhere':
      if (lost.includes(machine)) return undefined;
      return `run "whitebox recover" on ${machine}; if that machine is lost: "whitebox recover --lost ${machine}" with the same other options`;
  }
}
