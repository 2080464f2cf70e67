import type { PortSnapshot } from '@whitebox/invariants';
import type { Port } from '@whitebox/openstack';
import type { CloudSession } from '../session.js';
import { attempt } from './attempt.js';

interface Reading {
  readonly session: CloudSession;
  readonly signal: AbortSignal;
}

/** The ports of a server with their bindings; one request. */
export async function readPorts(
  { session, signal }: Reading,
  uuid: string,
): Promise<readonly PortSnapshot[] | undefined> {
  const ports = await attempt(session.openstack.network.ports({ deviceId: uuid }, { signal }), signal);
  return ports?.map(portSnapshot);
}

export function portSnapshot({ raw, bindingProfile, ...port }: Port): PortSnapshot {
  const details = raw['binding:vif_details'];
  const vlan =
    typeof details === 'object' && details !== null && 'vlan' in details ? Number(details.vlan) : 0;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return {
    id: port.id,
    mac: port.mac.toLowerCase(),
    vnicType: port.vnicType,
    vifType: port.vifType,
    bindingHost: port.bindingHost,
    pciSlot: text(bindingProfile['pci_slot']),
    pciVendorInfo: text(bindingProfile['pci_vendor_info']),
    // Neutron gives it as text, and 0 for a network without.
    vlan: vlan > 0 ? vlan : undefined,
  };
}
