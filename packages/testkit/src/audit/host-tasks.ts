import type { InstanceRow, NovaReader } from '@whitebox/db';
import type { Invariant } from '@whitebox/invariants';
import { TestkitError } from '../errors.js';
import type { HostTask } from './look-at-host.js';
import type { NotRead } from './results.js';

/** What of a cloud is looked at. */
export interface AuditScope {
  /** Names of computes; undefined: all. */
  readonly hosts?: readonly string[] | undefined;
  /** Uuids of servers: only these, and the hosts that they are on. */
  readonly servers?: readonly string[] | undefined;
}

/**
 * Which hosts are looked at, and what of each; and the servers that were asked for and are on none of these.
 *
 * @throws TestkitError `WB_AUDIT_UNKNOWN_HOST`, `WB_AUDIT_UNKNOWN_SERVER`
 */
export async function hostTasks(
  database: Pick<NovaReader, 'services' | 'instances'>,
  { hosts, servers }: AuditScope,
  invariants: readonly Invariant[],
  signal: AbortSignal,
): Promise<{ readonly tasks: readonly HostTask[]; readonly notRead: readonly NotRead[] }> {
  const services = await database.services({ binary: 'nova-compute' }, { signal });
  const known = [...new Set(services.flatMap(({ host }) => host ?? []))].sort();
  const asked = (hosts ?? []).filter((host) => !known.includes(host));
  // Nobody looks after servers on those any more, so nobody would find them either.
  const looksBeyond = asked.length > 0 || (hosts === undefined && servers === undefined);
  const forsaken = looksBeyond ? await database.instances({ notOn: known }, { signal }) : [];
  const believed = forsaken.flatMap(({ host }) => host ?? []);
  const unknown = asked.filter((host) => !believed.includes(host));
  if (unknown.length > 0) throw unknownHosts(unknown, known);
  const newest = Math.max(...services.map(({ version }) => version ?? 0));
  const newestServiceVersion = newest > 0 ? newest : undefined;
  const base = { invariants, newestServiceVersion };
  if (servers === undefined) {
    const wanted = hosts ?? [...new Set([...known, ...believed])].sort();
    return { tasks: wanted.map((host) => ({ ...base, host, servers: undefined })), notRead: [] };
  }
  const rows = await database.instances({ uuids: servers }, { signal });
  const missing = servers.filter((uuid) => rows.every((row) => row.uuid !== uuid));
  if (missing.length > 0) throw unknownServers(missing);
  const wanted = hosts ?? [...new Set(rows.flatMap(({ host }) => host ?? []))].sort();
  const tasks = wanted.flatMap((host) => {
    const here = rows.filter((row) => row.host === host).map(({ uuid }) => uuid);
    return here.length === 0 ? [] : [{ ...base, host, servers: new Set(here) }];
  });
  const elsewhere = rows.filter(({ host }) => host === null || !wanted.includes(host));
  return { tasks, notRead: elsewhere.map((row) => notLookedAt(row, invariants)) };
}

function notLookedAt(
  { uuid, displayName, vmState, host }: InstanceRow,
  chosen: readonly Invariant[],
): NotRead {
  return {
    host: host ?? undefined,
    missing: host === null ? 'a host to look at' : 'a look at its host',
    servers: [displayName ?? uuid],
    invariants: chosen.map(({ id }) => id),
    why: [
      host === null
        ? `it is on no host: its vm_state is ${vmState ?? 'NULL'}`
        : `it is on ${host}, which is none of the hosts that were asked for`,
    ],
  };
}

function unknownHosts(unknown: readonly string[], known: readonly string[]): TestkitError {
  return new TestkitError({
    code: 'WB_AUDIT_UNKNOWN_HOST',
    action: `look for ${unknown.join(', ')}`,
    observed: `no nova-compute has that host, and no server is on it; there are ${known.join(', ') || 'none'}`,
    advice: 'Give the names that "openstack compute service list" has.',
  });
}

function unknownServers(missing: readonly string[]): TestkitError {
  return new TestkitError({
    code: 'WB_AUDIT_UNKNOWN_SERVER',
    action: `look for server ${missing.join(', ')}`,
    observed: 'no cell has a row of it that is not deleted',
    advice: 'Give the ids that "openstack server list --all-projects" has.',
  });
}
