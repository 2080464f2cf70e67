import type { Cloud } from './cloud.js';
import type { ComputeHost } from './compute-host.js';
import { TestkitError } from './errors.js';

/** Resource class -> amount: `{ PCPU: 2, MEMORY_MB: 128 }`. */
export type Amounts = Readonly<Record<string, number>>;

/**
 * What Placement has allocated to a consumer, by the compute that has it: `{ compute1: { PCPU: 2 } }`. The consumer is a
 * server, or the migration that keeps its place on the host that it may come back to.
 */
export async function allocatedByHost(cloud: Cloud, consumerId: string): Promise<Record<string, Amounts>> {
  const { signal, database, openstack } = cloud;
  const { placement } = openstack;
  const [nodes, allocations] = await Promise.all([
    database.computeNodes({}, { signal }),
    placement.allocations(consumerId, { signal }),
  ]);
  const byHost: Record<string, Record<string, number>> = {};
  for (const { providerId, resources } of allocations) {
    const tree = await placement.providers({ inTree: providerId }, { signal });
    const provider = tree.find(({ id }) => id === providerId);
    const root = provider?.rootId ?? providerId;
    const host = nodes.find(({ uuid }) => uuid === root)?.host ?? provider?.name ?? providerId;
    const amounts = (byHost[host] ??= {});
    for (const [name, amount] of Object.entries(resources)) amounts[name] = (amounts[name] ?? 0) + amount;
  }
  return byHost;
}

/** What a compute offers to Placement: the totals of all providers of its tree. @throws TestkitError `WB_TESTKIT_NO_PROVIDER` */
export async function offeredBy(cloud: Cloud, { name }: ComputeHost): Promise<Amounts> {
  const { signal, database, openstack } = cloud;
  const totals: Record<string, number> = {};
  for (const { uuid } of await database.computeNodes({ host: name }, { signal })) {
    if (uuid === null) continue;
    for (const { id } of await openstack.placement.providers({ inTree: uuid }, { signal })) {
      const inventories = await openstack.placement.inventories(id, { signal });
      for (const [resource, { total }] of Object.entries(inventories)) {
        totals[resource] = (totals[resource] ?? 0) + total;
      }
    }
  }
  if (Object.keys(totals).length > 0) return totals;
  throw new TestkitError({
    code: 'WB_TESTKIT_NO_PROVIDER',
    action: `look up what ${name} offers to Placement`,
    host: name,
    observed: 'Placement has no inventory of it',
    advice: 'Look into the log of its nova-compute: it could not report its resources.',
  });
}
