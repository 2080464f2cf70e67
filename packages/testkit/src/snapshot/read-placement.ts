import type { ComputeNodeRow } from '@whitebox/db';
import type { Provider, ProviderAllocation } from '@whitebox/invariants';
import type { CloudSession } from '../session.js';
import { attempt } from './attempt.js';

interface Reading {
  readonly session: CloudSession;
  readonly signal: AbortSignal;
}

/** The resource providers of a compute with all that Placement keeps with them; the root first. */
export async function readProviders(
  { session, signal }: Reading,
  computeNode: ComputeNodeRow | null | undefined,
): Promise<readonly Provider[] | undefined> {
  const root = computeNode?.uuid;
  if (root === undefined || root === null) return computeNode === null ? [] : undefined;
  const { placement } = session.openstack;
  const options = { signal };
  const reading = async (): Promise<readonly Provider[]> => {
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
  return attempt(reading(), signal);
}

/** What Placement allocates to a consumer. */
export async function readAllocations(
  { session, signal }: Reading,
  uuid: string,
): Promise<readonly ProviderAllocation[] | undefined> {
  return attempt(session.openstack.placement.allocations(uuid, { signal }), signal);
}
