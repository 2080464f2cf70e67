import type { Host } from '@whitebox/host';
import {
  giveBack,
  JournalDirectory,
  type GiveBackOptions,
  type JournalEntry,
  type ReadyProbe,
  type Service,
} from '@whitebox/services';
import { CloudApi } from './cloud-api.js';
import { CloudConnection } from './cloud-connection.js';
import { novaComputeServes } from './nova-compute-serves.js';
import { Resources } from './resources.js';
import type { RecordedResource, RunState } from './run-state.js';

/**
 * Gives back what a run left: the resources that it made, then the configurations that it changed, latest first. Opens
 * connections of its own, so it works whatever became of the run.
 *
 * @param say told of each step
 * @param options what becomes of files that somebody else has changed since
 * @returns what could not be given back, in words; empty when all was
 */
export async function giveBackRun(
  state: RunState,
  say: (text: string) => void,
  { conflicts }: Pick<GiveBackOptions, 'conflicts'> = {},
): Promise<string[]> {
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
      const machines = await machinesOf(open, entry);
      const ready = (service: Service): ReadyProbe | undefined => servesAgain(open, service);
      await giveBack(entry, machines, { journal, conflicts, ready });
    });
  // Nothing can be deleted on a host whose service is stopped; what was configured goes after the guests that need it.
  for (const entry of startableFirst(changes)) await undo(entry);
  const resources = new Resources(new CloudApi(open.openstack), state, open.settings.flavor);
  const remove = (resource: RecordedResource): Promise<void> =>
    attempt(`delete ${resource.kind} ${resource.name}`, () => resources.remove(resource));
  for (const resource of leftovers.filter(({ kind }) => kind !== 'trait')) await remove(resource);
  for (const entry of (await journal.entries()).toReversed()) await undo(entry);
  for (const resource of leftovers.filter(({ kind }) => kind === 'trait')) await remove(resource);
  return failures;
}

/** Services that were stopped, the latest first, as far as no later change of their hosts stands before them. */
export function startableFirst(changes: readonly JournalEntry[]): JournalEntry[] {
  const changed = new Set<string>();
  return changes.toReversed().filter(({ hosts }) => {
    const free = hosts.every(({ host, files, values = [], services }) => {
      const stopped =
        files.length === 0 && values.length === 0 && services.every(({ how }) => how === 'restore');
      return stopped && !changed.has(host);
    });
    if (!free) for (const { host } of hosts) changed.add(host);
    return free;
  });
}

/** Where an entry was made, by the names of the journal: a compute that is down or a host of nova-api may be among them. */
async function machinesOf({ openstack, machines }: CloudConnection, entry: JournalEntry): Promise<Host[]> {
  const services = await openstack.compute.services.list();
  const wanted = new Set(entry.hosts.map(({ host }) => host));
  const found: Host[] = [];
  for (const host of new Set(services.map((service) => service.host))) {
    // Whatever is wrong with others is no reason not to mend this one; giveBack says which host is missing.
    const machine = await machines.root(host).catch(() => undefined);
    if (machine !== undefined && wanted.has(machine.name)) found.push(machine);
    if (found.length === wanted.size) break;
  }
  return found;
}

/** A nova-compute that was restarted or started serves again when it has reported to Nova; a cloud is as it was only then. */
export function servesAgain(
  { database, machines, openstack }: CloudConnection,
  service: Service,
): ReadyProbe | undefined {
  if (service.name !== 'nova-compute') return undefined;
  let probe: ReadyProbe | undefined;
  return async (restarted, signal) => {
    const { hypervisors } = openstack.compute;
    probe ??= novaComputeServes({ database, hypervisors }, await machines.nameOf(service.host));
    return probe(restarted, signal);
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
