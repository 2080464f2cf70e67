import { hostRule } from '../rule.js';

/** Hours after which a move or a task is not one that is under way. */
const longHours = 12;

export const i42 = hostRule({
  id: 'I42',
  statement:
    'a migration that is finished waits for its server to be confirmed; no migration and no task of a server takes for ever',
  source: 'nova/compute/manager.py, _confirm_resize and _revert_resize; nova/db/main/api.py',
  transience: 'transient',
  confidence: 'likely',
  remedy:
    'openstack server migration list --server SERVER; openstack server resize confirm SERVER; openstack server migration abort SERVER MIGRATION; of a task that nobody is at: openstack server set --state active SERVER',
  reads: ['database'],
  host: ['instances'],
  migrations: true,
  check: ({ name, instances }, { snapshot, violated }) => {
    const since = (then: Date | null): number =>
      then === null ? 0 : (snapshot.takenAt.getTime() - then.getTime()) / 3_600_000;
    // What is under way with a server keeps other invariants from being judged, so it must not go on for ever.
    for (const { uuid, displayName, taskState, updatedAt, createdAt } of instances) {
      if (taskState === null) continue;
      const hours = since(updatedAt ?? createdAt);
      if (hours <= longHours) continue;
      violated({
        point: `task of ${displayName ?? ''} (${uuid})`,
        expected: `over within ${longHours} hours`,
        found: `${taskState} since ${hours.toFixed(0)} hours`,
      });
    }
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
      const hours = since(createdAt);
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
