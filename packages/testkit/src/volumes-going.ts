import { errorCode, waitUntil, type Limits } from '@whitebox/core';
import type { Volume } from '@whitebox/openstack';
import { TestkitError } from './errors.js';

/** Cinder may overwrite what it deletes (`volume_clear`), which takes its time. */
const limits = { timeoutMs: 180_000, intervalMs: 200, maxIntervalMs: 2000 };

/**
 * Waits until the volumes that Nova deleted with their server are gone. Nova only asks Cinder for it
 * (`_cleanup_volumes`, nova/compute/manager.py), and until they are gone they count in the quota of whoever comes next.
 * What is not being deleted stays without its server, and is left alone.
 *
 * @throws TestkitError `WB_TESTKIT_VOLUME_LEFT` Cinder failed to delete one
 */
export async function waitForVolumesGoing(
  volumes: { show(id: string, limits?: Limits): Promise<Pick<Volume, 'status'>> },
  ids: readonly string[],
  { timeoutMs, intervalMs, maxIntervalMs }: Partial<typeof limits> = {},
): Promise<void> {
  for (const id of ids) {
    await waitUntil(
      `volume ${id} to be gone with its server`,
      async (signal) => {
        const status = await volumes.show(id, { signal }).then(
          (volume) => volume.status,
          (error: unknown) => {
            if (errorCode(error) === 'WB_OPENSTACK_NOT_FOUND') return undefined;
            throw error;
          },
        );
        if (status === 'error_deleting') throw leftBehind(id, status);
        if (status === 'deleting') return { done: false, seen: status };
        return { done: true, value: undefined };
      },
      {
        timeoutMs: timeoutMs ?? limits.timeoutMs,
        intervalMs: intervalMs ?? limits.intervalMs,
        maxIntervalMs: maxIntervalMs ?? limits.maxIntervalMs,
      },
    );
  }
}

function leftBehind(id: string, status: string): TestkitError {
  return new TestkitError({
    code: 'WB_TESTKIT_VOLUME_LEFT',
    action: `wait for volume ${id} to be gone with its server`,
    observed: `Cinder failed to delete it: it is ${status}`,
    advice:
      'Look into the log of cinder-volume, mend it, then "openstack volume delete --force" removes the volume.',
  });
}
