import { CpuSet, waitUntil } from '@whitebox/core';
import { reservedCpus, vcpuPinning, type NovaReader } from '@whitebox/db';
import type { Cloud } from './cloud.js';
import type { ComputeHost } from './compute-host.js';
import { TestkitError } from './errors.js';

/** Longer than the default of `[DEFAULT] update_resources_interval`, 60 s: then a compute counts anew what it has given away. */
const periodicTimeoutMs = 150_000;

/** As much of a cloud as tells what its computes account for. */
type Accounts = Pick<Cloud, 'signal'> & { readonly database: Pick<NovaReader, 'computeNodes'> };

type Named = Pick<ComputeHost, 'name'>;

/** What the resource tracker of a compute has given away of its NUMA cells. */
export interface HeldResources {
  /** Dedicated CPUs, those of isolated emulator threads included. */
  readonly cpus: CpuSet;
  /** Size of pages in KiB -> how many guests hold. */
  readonly pages: ReadonlyMap<number, number>;
}

/** What `compute_nodes.numa_topology` of a compute says now; all of its nodes and cells added up. */
export async function heldOn(cloud: Accounts, { name }: Named): Promise<HeldResources> {
  const nodes = await cloud.database.computeNodes({ host: name }, { signal: cloud.signal });
  let cpus = CpuSet.empty;
  const pages = new Map<number, number>();
  for (const cell of nodes.flatMap(({ numaTopology }) => numaTopology?.cells ?? [])) {
    cpus = cpus.union(cell.pinnedCpus);
    for (const { sizeKiB, used } of cell.pages) pages.set(sizeKiB, (pages.get(sizeKiB) ?? 0) + used);
  }
  return { cpus, pages };
}

/**
 * Until a compute accounts for dedicated CPUs that a guest on it has. A periodic task in the middle of a live migration may
 * count the host without the guest that is coming; the next one counts it (lp#1894095).
 *
 * @throws WaitTimeoutError after two and a half periods of the default
 */
export async function waitUntilHeld(cloud: Accounts, host: Named, cpus: CpuSet): Promise<void> {
  await waitUntil(
    `${host.name} to account for dedicated CPUs ${cpus.toString()}`,
    async () => {
      const held = (await heldOn(cloud, host)).cpus;
      return cpus.isSubsetOf(held)
        ? { done: true, value: undefined }
        : { done: false, seen: `compute_nodes has ${held.isEmpty ? 'none' : held.toString()} pinned` };
    },
    { timeoutMs: periodicTimeoutMs, intervalMs: 300, maxIntervalMs: 2000, signal: cloud.signal },
  );
}

/**
 * Until a compute has taken back dedicated CPUs that a guest had. The source of a live migration, or of one that came to
 * nothing, keeps them until its next periodic task (_update_available_resource, nova/compute/resource_tracker.py).
 *
 * @throws WaitTimeoutError after two and a half periods of the default
 */
export async function waitUntilGivenBack(
  cloud: Accounts & { readonly database: Pick<NovaReader, 'extras'> },
  host: Named,
  cpus: CpuSet,
): Promise<void> {
  await waitUntil(
    `${host.name} to have dedicated CPUs ${cpus.toString()} free again`,
    async () => {
      const stillHeld = (await heldOn(cloud, host)).cpus.intersection(cpus);
      // Of another case's guest by now, which could not have them otherwise.
      const held = stillHeld.difference(await pinnedOn(cloud, host));
      return held.isEmpty
        ? { done: true, value: undefined }
        : { done: false, seen: `compute_nodes still has ${held.toString()} pinned` };
    },
    { timeoutMs: periodicTimeoutMs, intervalMs: 300, maxIntervalMs: 2000, signal: cloud.signal },
  );
}

async function pinnedOn(
  cloud: { readonly signal: AbortSignal; readonly database: Pick<NovaReader, 'extras'> },
  { name }: Named,
): Promise<CpuSet> {
  const extras = await cloud.database.extras({ host: name }, { signal: cloud.signal });
  return CpuSet.from(
    extras.flatMap(({ numaTopology }) =>
      numaTopology === null ? [] : [...vcpuPinning(numaTopology).values(), ...reservedCpus(numaTopology)],
    ),
  );
}

/**
 * Dedicated CPUs that a move under way has claimed for a server on its destination (`instance_extra.migration_context`).
 *
 * @throws TestkitError `WB_TESTKIT_NO_CLAIM` where there is none
 */
export async function claimedCpus(
  cloud: Cloud,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<CpuSet> {
  const { migrationContext } = await cloud.database.extra(id, { signal: cloud.signal });
  const claimed = migrationContext?.newNumaTopology;
  if (claimed != null) return CpuSet.from(vcpuPinning(claimed).values()).union(reservedCpus(claimed));
  throw new TestkitError({
    code: 'WB_TESTKIT_NO_CLAIM',
    action: `look up what is claimed for ${name} where it moves to`,
    observed: 'its migration context has no NUMA topology',
    advice: 'Look while the move is under way; a guest without a NUMA topology claims no CPUs.',
  });
}
