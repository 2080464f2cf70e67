import { inProgress } from '../instances.js';
import { guestRule } from '../rule.js';

export const i41 = guestRule({
  id: 'I41',
  statement:
    'dedicated vCPUs are in objects of a version that has them, and only a server that moves has a migration context',
  source:
    'nova/objects/instance_numa.py and request_spec.py (lp#1952941); nova/objects/instance.py, drop_migration_context',
  transience: 'stuck',
  confidence: 'certain',
  remedy: 'nova-manage db online_data_migrations; openstack server migration list --server SERVER',
  reads: ['database'],
  guest: ['extra', 'requestSpec'],
  check: ({ uuid, instance, extra, requestSpec }, _, { snapshot, violated }) => {
    const topologies = [
      ['instance_extra', extra?.numaTopology],
      ['request_specs', requestSpec?.numaTopology],
    ] as const;
    for (const [table, topology] of topologies) {
      for (const [index, { pcpuset, version }] of (topology?.cells ?? []).entries()) {
        const [major = 0, minor = 0] = version.split('.').map(Number);
        if (pcpuset.isEmpty || major > 1 || minor >= 5) continue;
        violated({
          point: `cell ${index} of ${table}`,
          expected: 'version 1.5 or newer, as it has dedicated vCPUs',
          found: version,
        });
      }
    }
    const moving = instance?.vmState === 'resized' || inProgress(uuid, snapshot.migrations ?? []).length > 0;
    const context = extra?.migrationContext ?? null;
    if (context !== null && !moving)
      violated({
        point: 'migration context',
        expected: 'none, as nothing is under way',
        found: `that of migration ${context.migrationId}`,
      });
  },
});
