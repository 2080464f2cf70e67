import { hostRule } from '../rule.js';
import { amountsOf } from '../placement-tree.js';

export const i37 = hostRule({
  id: 'I37',
  statement: 'whoever has an allocation of a compute is a server on it or a migration from or to it',
  source: 'nova/compute/resource_tracker.py, _remove_deleted_instances_allocations',
  transience: 'transient',
  confidence: 'certain',
  remedy: 'nova-manage placement audit --resource_provider PROVIDER, then with --delete',
  reads: ['Placement', 'database'],
  host: ['providers', 'instances'],
  migrations: true,
  check: ({ name, providers, instances }, { snapshot, violated }) => {
    const known = new Set(instances.map(({ uuid }) => uuid));
    for (const {
      uuid,
      instanceUuid,
      inProgress,
      type,
      status,
      sourceCompute,
      destCompute,
    } of snapshot.migrations ?? []) {
      if (![sourceCompute, destCompute].includes(name)) continue;
      if (!inProgress && !(type === 'evacuation' && status !== 'completed')) continue;
      if (uuid !== null) known.add(uuid);
      // While it is under way the server itself may have allocations on either side; afterwards only where it is.
      if (instanceUuid !== null && status !== 'finished') known.add(instanceUuid);
    }
    for (const provider of providers) {
      for (const [consumer, resources] of Object.entries(provider.allocations)) {
        if (known.has(consumer)) continue;
        violated({
          point: `consumer ${consumer} of ${provider.name}`,
          expected: `a server on ${name}, or a migration`,
          found: `neither, with ${amountsOf(resources)}`,
        });
      }
    }
  },
});
