import type { DeviceEvidence, XmlDevices } from './device-evidence.js';

/** UUIDs of the mediated devices that a domain XML names. */
export function mdevsIn({ hostdevs }: XmlDevices): string[] {
  return hostdevs.flatMap(({ mdevUuid }) => mdevUuid?.toLowerCase() ?? []).sort();
}

/**
 * What Placement allocates of each GPU is what the guest has of it, live and inactive, and each device exists.
 *
 * A GPU's provider is a child of its compute, called by the node device of libvirt: "compute1_pci_0000_84_00_0"
 * (nova/virt/libvirt/driver.py, _update_provider_tree_for_vgpu).
 */
export function* mdevDisagreements(evidence: DeviceEvidence): Generator<string> {
  const { live, inactive, allocations, mdevs } = evidence;
  const named = mdevsIn(live);
  const again = mdevsIn(inactive);
  if (named.join() !== again.join()) {
    yield `mediated devices: domain XML ${show(named)}, inactive XML ${show(again)}`;
  }
  const held = new Map<string, number>();
  for (const uuid of named) {
    const device = mdevs.find((each) => each.uuid === uuid);
    if (device === undefined) yield `domain XML has mediated device ${uuid}, the kernel has not`;
    else held.set(device.parent, (held.get(device.parent) ?? 0) + 1);
  }
  const allocated = new Map<string, number>();
  for (const { providerName, resources } of allocations) {
    const amount = resources['VGPU'];
    if (amount !== undefined) allocated.set(parentOf(providerName), amount);
  }
  // lp#1778563, lp#1948705: allocated and not in the XML; lp#1764460: of another GPU.
  for (const parent of new Set([...held.keys(), ...allocated.keys()])) {
    const [one, other] = [held.get(parent) ?? 0, allocated.get(parent) ?? 0];
    if (one !== other) yield `vGPUs of ${parent}: domain XML ${one}, Placement ${other}`;
  }
}

/** "compute1_pci_0000_84_00_0" -> "0000:84:00.0"; another name stays as it is. */
export function parentOf(providerName: string): string {
  const match = /_pci_([0-9a-f]{4})_([0-9a-f]{2})_([0-9a-f]{2})_([0-7])$/i.exec(providerName);
  if (match === null) return providerName;
  const [, domain = '', bus = '', slot = '', part = ''] = match;
  return `${domain}:${bus}:${slot}.${part}`.toLowerCase();
}

function show(uuids: readonly string[]): string {
  return uuids.length === 0 ? 'none' : uuids.join(', ');
}
