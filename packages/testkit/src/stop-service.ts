import { waitUntil } from '@whitebox/core';
import { stopped } from '@whitebox/services';
import type { CleanupStack } from './cleanup.js';
import type { ComputeHost } from './compute-host.js';
import type { CloudSession } from './session.js';

/** Longer than the default of `[DEFAULT] update_resources_interval`, 60 s: then nova-compute looks for libvirt again. */
const noticeTimeoutMs = 150_000;

/** A service of a compute that a case has stopped. */
export interface StoppedService {
  /** Starts it again and waits until it serves; what is given back already is fine. */
  start(): Promise<void>;
}

/**
 * Stops a service of a compute and masks it where it can be masked, until it is started again or the cleanup runs. Everything that it takes to
 * start it is written down before it happens, so `whitebox recover` does so when the run dies.
 *
 * Of a nova-compute Nova is told at once that it is down, instead of being let to find out; of a libvirt nova-compute finds
 * out by itself, and takes its host out of scheduling meanwhile (_set_host_enabled, nova/virt/libvirt/driver.py).
 *
 * @param name "nova-compute", "libvirt"
 */
export async function stopService(
  session: CloudSession,
  host: ComputeHost,
  name: string,
  cleanup: CleanupStack,
  signal: AbortSignal,
): Promise<StoppedService> {
  const service = host.deployment.service(name);
  const options = { journal: session.journal, mask: 'where-possible' as const, signal };
  if (name !== 'nova-compute') {
    const change = await stopped(service, options);
    cleanup.add(`start ${name} on ${host.name}`, () => change.giveBack());
    if (name === 'libvirt') await waitForScheduling(session, host.name, false, signal);
    return {
      start: async () => {
        await change.giveBack();
        if (name === 'libvirt') await waitForScheduling(session, host.name, true, signal);
      },
    };
  }
  // The mark is taken away after the service was started: Nova refuses that as long as a host does not know which guests
  // were evacuated from it (_check_for_evacuations, nova/api/openstack/compute/services.py).
  const id = await session.resources.downMark(host.name, cleanup, signal);
  const change = await stopped(service, { ...options, ready: session.serves(host.name) });
  cleanup.add(`start ${name} on ${host.name}`, () => change.giveBack());
  return {
    start: async () => {
      await change.giveBack();
      await session.resources.remove({ kind: 'down-mark', name: host.name, id });
    },
  };
}

/** Until Nova schedules to a compute, or does not any more. */
async function waitForScheduling(
  session: CloudSession,
  host: string,
  wanted: boolean,
  signal: AbortSignal,
): Promise<void> {
  await waitUntil(
    `Nova to ${wanted ? 'schedule' : 'stop scheduling'} to ${host}`,
    async (limit) => {
      const [row] = await session.database.services({ host, binary: 'nova-compute' }, { signal: limit });
      if (row === undefined) return { done: false, seen: 'no such service' };
      if (row.disabled !== wanted) return { done: true, value: undefined };
      return { done: false, seen: row.disabled ? `disabled: ${row.disabledReason ?? ''}` : 'enabled' };
    },
    { timeoutMs: noticeTimeoutMs, intervalMs: 300, maxIntervalMs: 1000, signal },
  );
}
