import type { ComputeNodeRow } from '@whitebox/db';
import type { Provider, ProviderAllocation } from '@whitebox/invariants';
import { attempt } from './attempt.js';
import type { SourceReading } from './snapshot-sources.js';

/** The resource providers of a compute with all that Placement keeps with them; the root first. */
export async function readProviders(
  reading: SourceReading,
  computeNode: ComputeNodeRow | null | undefined,
): Promise<readonly Provider[] | undefined> {
  const root = computeNode?.uuid;
  if (root === undefined || root === null) return computeNode === null ? [] : undefined;
  const { placement } = reading.sources.openstack;
  const options = { signal: reading.signal };
  const readAll = async (): Promise<readonly Provider[]> => {
    const tree = await placement.providers({ inTree: root }, options);
    const providers = await Promise.all(
      tree.map(async ({ id, name, parentId }) => {
        const [inventories, traits, allocations] = await Promise.all([
          placement.inventories(id, options),
          placement.traits(id, options),
          placement.allocationsOf(id, options),
        ]);
        return { id, name, parentId, inventories, traits, allocations };
      }),
    );
    return providers.sort((one, other) => Number(one.parentId !== null) - Number(other.parentId !== null));
  };
  return attempt(readAll(), reading);
}

/** What Placement allocates to a consumer. */
export async function readAllocations(
  reading: SourceReading,
  uuid: string,
): Promise<readonly ProviderAllocation[] | undefined> {
  const { placement } = reading.sources.openstack;
  return attempt(placement.allocations(uuid, { signal: reading.signal }), reading);
}
