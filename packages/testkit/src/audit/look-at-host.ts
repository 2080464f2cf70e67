import { WhiteboxError } from '@whitebox/core';
import { judge, type Invariant, type Snapshot, type Unchecked, type Violation } from '@whitebox/invariants';
import type { HostLook as HostPicture } from '../recording/model.js';
import { lookOf } from '../recording/look-of.js';
import { readSnapshot } from '../snapshot/read-snapshot.js';
import type { SnapshotSources } from '../snapshot/snapshot-sources.js';
import type { ComputeHost } from '../compute-host.js';

/** Where a host is read from. */
export interface LookSources extends Pick<SnapshotSources, 'database' | 'openstack' | 'release'> {
  /** Has a compute reached for as long as it is looked at; rejects where it cannot be. */
  withCompute<T>(
    name: string,
    trouble: (error: unknown) => void,
    look: (compute: ComputeHost) => Promise<T>,
  ): Promise<T>;
}

/** What is looked at of a host. */
export interface HostTask {
  readonly host: string;
  /** Only these servers of it; undefined: all. */
  readonly servers: ReadonlySet<string> | undefined;
  readonly invariants: readonly Invariant[];
  /** The newest version of any nova-compute of the cloud. */
  readonly newestServiceVersion: number | undefined;
}

/** What one look at a host has told; plain values, which can be sent from one thread to another. */
export interface HostLook {
  readonly takenAt: Date;
  readonly violations: readonly Violation[];
  readonly unchecked: readonly Unchecked[];
  /** Invariants that looked at something. */
  readonly looked: readonly string[];
  /** Uuids of its servers that were looked at. */
  readonly servers: readonly string[];
  /** Why layers could not be read; one sentence each. */
  readonly troubles: readonly string[];
  /** Seconds between two periodic tasks of its resource tracker. */
  readonly intervalS: number;
  /** How it looked, if that was wanted and something is wrong. */
  readonly pictures: readonly HostPicture[];
}

/**
 * Reads a host and its servers once, from every layer, and judges what was read.
 *
 * @param pictures whether a host that violates something is drawn
 */
export async function lookAtHost(
  sources: LookSources,
  { host, servers, invariants, newestServiceVersion }: HostTask,
  signal: AbortSignal,
  pictures: boolean,
): Promise<HostLook> {
  const troubles = new Set<string>();
  const trouble = (error: unknown): void => {
    if (signal.aborted || !(error instanceof WhiteboxError)) throw error;
    troubles.add(sentence(error));
  };
  const instances = await sources.database.instances({ host }, { signal });
  const guests = instances
    .filter(({ uuid }) => servers?.has(uuid) ?? true)
    .map(({ uuid, displayName }) => ({ id: uuid, name: displayName ?? uuid }));
  const scope = { guests, hosts: [host] };
  const read = (compute: ComputeHost | undefined): Promise<Snapshot> => {
    const { database, openstack, release } = sources;
    return readSnapshot({ database, openstack, release, compute: () => compute }, scope, signal, trouble);
  };
  const snapshot = await sources
    .withCompute(host, trouble, async (compute) => read(compute))
    .catch(async (error: unknown) => {
      trouble(error);
      return read(undefined);
    });
  const { violations, unchecked, looked } = judge({ ...snapshot, newestServiceVersion }, invariants);
  return {
    takenAt: snapshot.takenAt,
    violations,
    unchecked,
    looked,
    servers: guests.map(({ id }) => id),
    troubles: [...troubles],
    intervalS: snapshot.hosts[0]?.config?.updateResourcesIntervalS ?? 60,
    pictures: pictures && violations.length > 0 ? lookOf(snapshot) : [],
  };
}

/** Without the advice, in one line. */
function sentence({ action, host, observed, code }: WhiteboxError): string {
  const where = host === undefined ? '' : ` on ${host}`;
  return `${action}${where}: ${observed} [${code}]`.replaceAll(/\s*\n\s*/g, ' ');
}
