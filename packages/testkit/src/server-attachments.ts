import { waitUntil } from '@whitebox/core';
import type { Network, Volumes } from '@whitebox/openstack';
import { TestkitError } from './errors.js';

interface Deadline {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A volume that shall be in use is reserved when Nova has taken the request (_check_attach_and_reserve_volume,
 * nova/compute/api.py), and available again when the compute could not attach it.
 *
 * @throws TestkitError `WB_TESTKIT_VOLUME` at once when Cinder or Nova gave up
 */
export async function waitForVolume(
  volumes: Pick<Volumes, 'show'>,
  id: string,
  goal: 'available' | 'in-use',
  limits: Deadline,
): Promise<void> {
  await waitUntil(
    `volume ${id} to become ${goal}`,
    async (signal) => {
      const { status } = await volumes.show(id, { signal });
      if (status === goal) return { done: true, value: undefined };
      const isGivenUp = status === 'available' || status.startsWith('error');
      if (!isGivenUp) return { done: false, seen: status };
      throw new TestkitError({
        code: 'WB_TESTKIT_VOLUME',
        action: `wait for volume ${id} to become ${goal}`,
        observed:
          status === 'available' ? 'Nova has let go of it: it is available' : `Cinder put it into ${status}`,
        advice: 'Look into the logs of cinder-volume and of nova-compute on the host of the server.',
      });
    },
    { intervalMs: 300, maxIntervalMs: 2000, ...limits },
  );
}

/** @param deviceId of a server; empty: until it is nobody's */
export async function waitForAttachedPort(
  network: Pick<Network, 'port'>,
  id: string,
  deviceId: string,
  limits: Deadline,
): Promise<void> {
  await waitUntil(
    `port ${id} to be ${deviceId === '' ? 'unplugged' : `plugged into ${deviceId}`}`,
    async (signal) => {
      const { deviceId: owner, status } = await network.port(id, { signal });
      if (owner === deviceId) return { done: true, value: undefined };
      return { done: false, seen: `${status}, of ${owner === '' ? 'nobody' : owner}` };
    },
    { intervalMs: 300, maxIntervalMs: 2000, ...limits },
  );
}
