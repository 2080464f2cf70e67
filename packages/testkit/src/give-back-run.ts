import { giveBack, JournalDirectory, type ReadyProbe, type Service } from '@whitebox/services';
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
    connection = await CloudConnection.open(await state.cloud());
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
  const resources = new Resources(new CloudApi(open.openstack), state, open.settings.flavor);
  for (const resource of leftovers) {
    await attempt(`delete ${resource.kind} ${resource.name}`, () => resources.remove(resource));
  }
  const machines = open.computes.map(({ machine }) => machine);
  for (const entry of changes.toReversed()) {
    await attempt(`undo: ${entry.what}`, () =>
      giveBack(entry, machines, { journal, ready: (service) => servesAgain(open, service) }),
    );
  }
  return failures;
}

/** A nova-compute that was restarted serves again when it has reported to Nova; a cloud is as it was only then. */
function servesAgain({ computes, database }: CloudConnection, service: Service): ReadyProbe | undefined {
  const compute = computes.find(({ machine }) => machine.name === service.host.name);
  return compute === undefined ? undefined : novaComputeServes(database, compute.name);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
