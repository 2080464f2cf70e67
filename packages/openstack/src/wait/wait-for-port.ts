import type { Limits } from '@whitebox/core';
import type { Network, Port } from '../network/network.js';
import { ResourceStateError } from './state-error.js';
import { watch } from './watch.js';

export interface PortWait extends Limits {
  /** Default ACTIVE. */
  readonly status?: string | undefined;
}

/** The port once it is in the status. @throws ResourceStateError `WB_OPENSTACK_STATE_IMPOSSIBLE` at once when its binding failed */
export async function waitForPort(network: Network, id: string, wait: PortWait = {}): Promise<Port> {
  const { status = 'ACTIVE' } = wait;
  return watch(
    `port ${id} to become ${status}`,
    async (signal) => {
      const port = await network.port(id, { signal });
      if (port.status === status) return { done: true, value: port };
      const seen = `${port.status}, bound as ${port.vifType ?? 'unknown'} on ${port.bindingHost ?? 'unknown'}`;
      if (port.vifType !== 'binding_failed' && port.status !== 'ERROR') return { done: false, seen };
      throw new ResourceStateError({
        code: 'WB_OPENSTACK_STATE_IMPOSSIBLE',
        action: `wait for port ${id} to become ${status}`,
        observed: seen,
        advice:
          'No mechanism driver could bind it: is the agent of that host alive, and does it serve the physical network?',
      });
    },
    wait,
  );
}
