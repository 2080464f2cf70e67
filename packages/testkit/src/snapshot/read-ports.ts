import type { PortSnapshot } from '@whitebox/invariants';
import type { Port } from '@whitebox/openstack';
import { attempt } from './attempt.js';
import type { SourceReading } from './snapshot-sources.js';

/** Server -> its ports with their bindings; a request for some dozens of servers. */
export async function readPorts(
  reading: SourceReading,
  uuids: readonly string[],
): Promise<ReadonlyMap<string, readonly PortSnapshot[]> | undefined> {
  if (uuids.length === 0) return new Map();
  const { network } = reading.sources.openstack;
  const ports = await attempt(network.portsOf(uuids, { signal: reading.signal }), reading);
  if (ports === undefined) return undefined;
  const servers = new Map(uuids.map((uuid) => [uuid, [] as PortSnapshot[]]));
  for (const port of ports) servers.get(port.deviceId)?.push(portSnapshot(port));
  return servers;
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
