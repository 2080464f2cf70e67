import { stopped } from '@whitebox/services';
import type { ComputeHost } from './compute-host.js';
import type { CloudSession } from './session.js';

/** A service of a compute that a case has stopped. */
export interface StoppedService {
  /** Starts it again and waits until it serves; what is given back already is fine. */
  start(): Promise<void>;
}

/**
 * Stops a service of a compute. The journal knows before it happens, so `whitebox recover` starts it again when the run
 * dies. Of a nova-compute Nova is told at once that it is down, instead of being let to find out.
 *
 * @param name "nova-compute", "libvirt"
 */
export async function stopService(
  session: CloudSession,
  host: ComputeHost,
  name: string,
  signal: AbortSignal,
): Promise<StoppedService> {
  const service = host.deployment.service(name);
  const change = await stopped(service, { journal: session.journal, mask: true, signal });
  if (name !== 'nova-compute') {
    return {
      start: async () => {
        await change.giveBack();
      },
    };
  }
  const { services } = session.openstack.compute;
  const [row] = await services.list({ host: host.name, binary: 'nova-compute' }, { signal });
  if (row !== undefined) await services.forceDown(row.id, true, { signal });
  return {
    start: async () => {
      await change.giveBack();
      if (row !== undefined) await services.forceDown(row.id, false);
    },
  };
}
