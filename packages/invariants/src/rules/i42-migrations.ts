import { hostRule } from '../rule.js';

/** Hours after which a move is not one that is under way. */
const longHours = 12;

export const i42 = hostRule({
  id: 'I42',
  statement:
    'a migration that is finished waits for its server to be confirmed, and none is in progress for ever',
  source: 'nova/compute/manager.py, _confirm_resize and _revert_resize; nova/db/main/api.py',
  transience: 'transient',
  confidence: 'likely',
  remedy:
    'openstack server migration list --server SERVER; openstack server resize confirm SERVER; openstack server migration abort SERVER MIGRATION',
  reads: ['database'],
  host: ['instances'],
  migrations: true,
  check: ({ name, instances }, { snapshot, violated }) => {
    for (const migration of snapshot.migrations ?? []) {
      const { id, instanceUuid, status, createdAt, destCompute, sourceCompute } = migration;
      if (!migration.inProgress) continue;
      const instance = instances.find(({ uuid }) => uuid === instanceUuid);
      if (
        status === 'finished' &&
        destCompute === name &&
        instance?.taskState === null &&
        instance.vmState !== 'resized'
      ) {
        violated({
          point: `migration ${id} of ${instanceUuid ?? ''}`,
          expected: 'vm_state resized, as the migration is finished',
          found: instance.vmState ?? '',
        });
      }
      const hours = createdAt === null ? 0 : (snapshot.takenAt.getTime() - createdAt.getTime()) / 3_600_000;
      if (status !== 'finished' && hours > longHours && [sourceCompute, destCompute].includes(name)) {
        violated({
          point: `migration ${id} of ${instanceUuid ?? ''}`,
          expected: `over within ${longHours} hours`,
          found: `${status ?? ''} since ${hours.toFixed(0)} hours`,
        });
      }
    }
  },
});
