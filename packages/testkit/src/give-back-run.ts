import {
  giveBack,
  JournalDirectory,
  type JournalEntry,
  type ReadyProbe,
  type Service,
} from '@whitebox/services';
import { CloudApi } from './cloud-api.js';
import { CloudConnection } from './cloud-connection.js';
import { novaComputeServes } from './nova-compute-serves.js';
import { Resources } from './resources.js';
import type { RunState } from './run-state.js';

/**
 * Gives back what a run left: the resources that it made, then the configurations that it changed, latest first. Opens
 * connections of its own, so it works whatever became of the run.
 *
 * @param say told of each step
 * @returns what could not be given back, in words; empty when all was
 */
export async function giveBackRun(state: RunState, say: (text: string) => void): Promise<string[]> {
  const leftovers = await state.leftovers();
  const journal = new JournalDirectory(state.changesDirectory);
  const changes = await journal.entries();
  if (leftovers.length === 0 && changes.length === 0) return [];
  say('Giving back what the run left.');
  let connection: CloudConnection;
  try {
    connection = await CloudConnection.open(await state.cloud(), { withoutComputes: true });
  } catch (error) {
    return [...(await state.describe()), `nothing of it could be given back: ${messageOf(error)}`];
  }
  await using open = connection;
  const failures: string[] = [];
  const attempt = async (text: string, work: () => Promise<void>): Promise<void> => {
    say(`  ${text}`);
    try {
      await work();
    } catch (error) {
      failures.push(`${text}: ${messageOf(error)}`);
    }
  };
  const undo = (entry: JournalEntry): Promise<void> =>
    attempt(`undo: ${entry.what}`, async () => {
      // By their names: those whose nova-compute is stopped are not among the computes that are up.
      const machines = await Promise.all(entry.hosts.map(({ host }) => open.machines.root(host)));
      await giveBack(entry, machines, { journal, ready: (service) => servesAgain(open, service) });
    });
  // Nothing can be deleted on a host whose service is stopped; what was configured goes after the guests that need it.
  for (const entry of startableFirst(changes)) await undo(entry);
  const resources = new Resources(new CloudApi(open.openstack), state, open.settings.flavor);
  for (const resource of leftovers) {
    await attempt(`delete ${resource.kind} ${resource.name}`, () => resources.remove(resource));
  }
  for (const entry of (await journal.entries()).toReversed()) await undo(entry);
  return failures;
}

/** Services that were stopped, the latest first, as far as no later change of their hosts stands before them. */
export function startableFirst(changes: readonly JournalEntry[]): JournalEntry[] {
  const changed = new Set<string>();
  return changes.toReversed().filter(({ hosts }) => {
    const free = hosts.every(({ host, files, services }) => {
      const stopped = files.length === 0 && services.every(({ how }) => how === 'restore');
      return stopped && !changed.has(host);
    });
    if (!free) for (const { host } of hosts) changed.add(host);
    return free;
  });
}

/** A nova-compute that was restarted serves again when it has reported to Nova; a cloud is as it was only then. */
function servesAgain({ database }: CloudConnection, service: Service): ReadyProbe | undefined {
  return service.name === 'nova-compute' ? novaComputeServes(database, service.host.name) : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
