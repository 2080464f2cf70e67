import type { Limits, Look } from '@whitebox/core';
import type { Compute } from '../compute/compute.js';
import type { Migration, MigrationType } from '../compute/migrations.js';
import type { Receipt } from '../compute/servers.js';
import { actionRecord, describeFailures, hasEnded, settledActionRecord } from './action-record.js';
import { ServerStateError } from './state-error.js';
import { adviceFor, describe, joined } from './describe-server.js';
import { watch } from './watch.js';

/** nova/compute/manager.py and nova/conductor/manager.py set these and no other when a migration ends badly. */
const failed = new Set(['error', 'failed', 'cancelled']);

const ends: Readonly<Record<MigrationType, readonly string[]>> = {
  'live-migration': ['completed'],
  migration: ['finished', 'confirmed'],
  resize: ['finished', 'confirmed'],
  evacuation: ['done', 'completed'],
};

export interface MigrationWait extends Limits {
  /** Milliseconds; default 300 000. */
  readonly timeoutMs?: number | undefined;
  readonly type: MigrationType;
  /** Ids of the server's migrations from before the request: of {@link migrationIds}. */
  readonly seen: ReadonlySet<number>;
  /** The request that makes the migration: fails at once when it ends without one, and says what failed. */
  readonly after?: Receipt | undefined;
  /** Statuses to wait for; default where this type ends well. */
  readonly until?: readonly string[] | undefined;
}

/** The migrations that a server has had so far. Ask before requesting one: whatever is not among them is the new one. */
export async function migrationIds(
  compute: Compute,
  serverId: string,
  limits: Limits = {},
): Promise<ReadonlySet<number>> {
  const migrations = await compute.migrations.list({ serverId }, limits);
  return new Set(migrations.map(({ id }) => id));
}

/**
 * The server's new migration once it has ended well.
 * @throws ServerStateError `WB_OPENSTACK_MIGRATION_FAILED` at once when it ended badly or never began
 */
export async function waitForMigration(
  compute: Compute,
  serverId: string,
  wait: MigrationWait,
): Promise<Migration> {
  const until = wait.until ?? ends[wait.type];
  const what = `the ${wait.type} of server ${serverId} to be ${until.join(' or ')}`;
  const look = async (signal: AbortSignal): Promise<Look<Migration>> => {
    const migration = await newest(compute, serverId, wait, signal);
    if (migration === undefined) {
      const begun = await hasBegun(compute, serverId, wait, signal);
      if (!begun) throw await failure(compute, serverId, wait, undefined, signal);
      return { done: false, seen: 'no new migration' };
    }
    if (until.includes(migration.status)) return { done: true, value: migration };
    if (failed.has(migration.status) && (await isFinal(compute, serverId, migration, signal))) {
      throw await failure(compute, serverId, wait, migration, signal);
    }
    return { done: false, seen: `migration ${migration.id} ${migration.status}` };
  };
  return watch(what, look, wait);
}

async function newest(
  compute: Compute,
  serverId: string,
  wait: MigrationWait,
  signal: AbortSignal,
): Promise<Migration | undefined> {
  const migrations = await compute.migrations.list({ serverId, type: wait.type }, { signal });
  return migrations.findLast(({ id }) => !wait.seen.has(id));
}

/** False when the request's work is over and there is still no migration. */
async function hasBegun(
  compute: Compute,
  serverId: string,
  wait: MigrationWait,
  signal: AbortSignal,
): Promise<boolean> {
  const record = await actionRecord(compute, serverId, wait.after?.requestId, { signal });
  if (record === undefined || !hasEnded(record)) return true;
  return (await newest(compute, serverId, wait, signal)) !== undefined;
}

/** A cold migration is tried on another host with a new record as long as Nova works on the server; a live one is not. */
async function isFinal(
  compute: Compute,
  serverId: string,
  migration: Migration,
  signal: AbortSignal,
): Promise<boolean> {
  if (migration.type === 'live-migration') return true;
  const { status, taskState } = await compute.servers.show(serverId, { signal });
  return taskState === null || status === 'ERROR';
}

async function failure(
  compute: Compute,
  serverId: string,
  wait: MigrationWait,
  migration: Migration | undefined,
  signal: AbortSignal,
): Promise<ServerStateError> {
  const record = await settledActionRecord(compute, serverId, wait.after?.requestId, signal);
  const server = await compute.servers.show(serverId, { signal }).catch(() => undefined);
  const failures = describeFailures(record);
  const moved =
    migration === undefined
      ? 'the work has ended without a migration'
      : `migration ${migration.id} from ${migration.sourceCompute ?? '?'} to ${migration.destinationCompute ?? 'any host'} is ${migration.status}`;
  return new ServerStateError({
    code: 'WB_OPENSTACK_MIGRATION_FAILED',
    action: `wait for the ${wait.type} of server ${serverId}`,
    observed: joined(moved, server === undefined ? '' : `the server is ${describe(server)}`, failures),
    advice: migrationAdvice(failures, migration) ?? adviceFor(failures, server),
    serverId,
    server,
    instanceAction: record,
    migration,
  });
}

function migrationAdvice(failures: string, migration: Migration | undefined): string | undefined {
  if (migration === undefined || /NoValidHost|No valid host/.test(failures)) return undefined;
  const hosts = [migration.sourceCompute, migration.destinationCompute].filter((host) => host !== null);
  return `Look at the logs of nova-compute on ${hosts.join(' and ')}, and of libvirt and QEMU there (/var/log/libvirt/qemu).`;
}
