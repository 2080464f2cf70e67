import { hostRule } from '../rule.js';
import { show, sum } from '../said.js';
import { rootOf } from '../placement-tree.js';

export const i38 = hostRule({
  id: 'I38',
  statement:
    'the inventory of a compute is its CPU sets, no more of it is used than there is, and a disabled one says so',
  source:
    'nova/virt/libvirt/driver.py, update_provider_tree; nova/compute/manager.py, update_compute_provider_status',
  transience: 'transient',
  confidence: 'certain',
  remedy:
    'openstack resource provider inventory list PROVIDER; restart nova-compute of the host; where too much is used: openstack server migrate SERVER',
  reads: ['Placement', 'configuration', 'database'],
  host: ['providers', 'config', 'cpus', 'service'],
  check: ({ providers, config, cpus, service }, { violated }) => {
    const root = rootOf({ providers });
    if (root === undefined) {
      violated({ point: 'root resource provider', expected: 'one', found: 'none' });
      return;
    }
    const { sharedSet, dedicatedSet } = config;
    const floating = sharedSet?.size ?? (dedicatedSet === undefined ? cpus.online.size : 0);
    for (const [resource, expected, set] of [
      ['VCPU', floating, sharedSet],
      ['PCPU', dedicatedSet?.size ?? 0, dedicatedSet],
    ] as const) {
      const found = root.inventories[resource]?.total ?? 0;
      if (found !== expected)
        violated({
          point: `inventory of ${resource}`,
          expected: `${expected} (CPUs ${set === undefined ? 'unset' : show(set)})`,
          found: `${found} (Placement)`,
        });
    }
    for (const { name, inventories, allocations } of providers) {
      for (const [resource, { total, reserved, allocationRatio }] of Object.entries(inventories)) {
        const used = sum(Object.values(allocations).map((each) => each[resource] ?? 0));
        const most = Math.floor((total - reserved) * allocationRatio);
        if (used > most)
          violated({
            point: `${resource} of ${name}`,
            expected: `at most ${most} used`,
            found: String(used),
          });
      }
    }
    const disabled = root.traits.includes('COMPUTE_STATUS_DISABLED');
    if (service !== null && disabled !== service.disabled)
      violated({
        point: 'COMPUTE_STATUS_DISABLED',
        expected: `${service.disabled ? 'set' : 'not set'} (services)`,
        found: disabled ? 'set (Placement)' : 'not set (Placement)',
      });
  },
});
