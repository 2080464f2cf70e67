import { runAnyway } from '../exec.js';
import type { FaultHost, FaultKind } from './fault.js';

async function set(host: FaultHost, state: 'up' | 'down'): Promise<void> {
  for (const { namespace, interface: name } of host.cables) {
    await runAnyway(['ip', '-n', namespace, 'link', 'set', name, state]);
  }
}

/** The cables are pulled at the switch: nothing is refused, packets are just gone, in both directions. */
export const cutNetwork: FaultKind = {
  name: 'cut-network',
  summary: 'pull the cables of a host; what it sends and is sent is lost without a word',
  options: [],
  inject: (host) => set(host, 'down'),
  heal: (host) => set(host, 'up'),
};
