import type { InstanceRow, MigrationRow } from '@whitebox/db';

const nowhere = ['building', 'error', 'deleted', 'soft-delete', 'shelved_offloaded'];

/** Whether it is on a host. Source: nova/compute/vm_states.py. */
export function isOnHost(instance: InstanceRow | null): instance is InstanceRow {
  return typeof instance?.host === 'string' && !nowhere.includes(instance.vmState ?? 'building');
}

/**
 * Whether Nova is doing nothing with it: no task, and no move under way. One that waits for its resize to be confirmed has
 * arrived, so it counts.
 */
export function isSettled(instance: InstanceRow | null, migrations: readonly MigrationRow[]): boolean {
  if (!isOnHost(instance) || instance.taskState !== null) return false;
  return inProgress(instance.uuid, migrations).every(({ status }) => status === 'finished');
}

/** Whether Nova is moving or changing it, and will let it be on a host afterwards. */
export function isInFlight(instance: InstanceRow | null, migrations: readonly MigrationRow[]): boolean {
  return isOnHost(instance) && !isSettled(instance, migrations) && !goes(instance);
}

/** Whether it gives up what it has. Source: nova/compute/task_states.py. */
export function goes({ taskState }: Pick<InstanceRow, 'taskState'>): boolean {
  return ['deleting', 'soft-deleting', 'shelving_offloading'].includes(taskState ?? '');
}

export function inProgress(uuid: string, migrations: readonly MigrationRow[]): readonly MigrationRow[] {
  return migrations.filter((migration) => migration.instanceUuid === uuid && migration.inProgress);
}

/** Whether it has a QEMU process: neither stopped nor suspended nor shelved. */
export function runs(instance: InstanceRow | null): boolean {
  return (
    ['active', 'paused', 'rescued', 'resized'].includes(instance?.vmState ?? '') &&
    ['running', 'paused'].includes(instance?.powerState ?? '')
  );
}
