import { waitUntil } from '@whitebox/core';
import type { Network, Volumes } from '@whitebox/openstack';
import { TestkitError } from './errors.js';

interface Deadline {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** @throws TestkitError `WB_TESTKIT_VOLUME` at once when Cinder gave up */
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
      if (!status.startsWith('error')) return { done: false, seen: status };
      throw new TestkitError({
        code: 'WB_TESTKIT_VOLUME',
        action: `wait for volume ${id} to become ${goal}`,
        observed: `Cinder put it into ${status}`,
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
