import { hostRule } from '../rule.js';
import { listed } from '../said.js';

export const i02 = hostRule({
  id: 'I2',
  statement: 'no host has a domain without a server of its own',
  source: 'nova/compute/manager.py, _cleanup_running_deleted_instances and _destroy_evacuated_instances',
  transience: 'transient',
  confidence: 'certain',
  remedy:
    'openstack server show UUID; where there is no such server: virsh destroy DOMAIN; virsh undefine --nvram DOMAIN',
  reads: ['libvirt', 'database'],
  host: ['domains', 'instances'],
  migrations: true,
  check: ({ name, domains, instances }, { snapshot, violated }) => {
    const here = new Set(instances.map(({ uuid }) => uuid));
    for (const domain of domains) {
      if (here.has(domain.uuid)) continue;
      const moving = (snapshot.migrations ?? []).some(
        ({ instanceUuid, inProgress, type, status, sourceCompute, destCompute }) =>
          instanceUuid === domain.uuid &&
          [sourceCompute, destCompute].includes(name) &&
          (inProgress || (type === 'evacuation' && status !== 'completed')),
      );
      if (moving) continue;
      violated({
        point: `domain ${domain.name} (${domain.uuid})`,
        expected: `a server on ${name}`,
        found: 'none',
        layers: [
          { layer: `libvirt of ${name}`, says: `${domain.name}, ${domain.state}` },
          { layer: `instances of ${name}`, says: listed(here) },
        ],
      });
    }
  },
});
