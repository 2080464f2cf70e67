import type { Hostdev, NetworkInterface } from '@whitebox/libvirt-xml';
import type { DeviceEvidence, DevicePort, DeviceRow, XmlDevices } from './device-evidence.js';

/** Type of the interface in the XML by `binding:vnic_type`: nova/virt/libvirt/vif.py. */
const interfaceTypes: Readonly<Record<string, string>> = {
  direct: 'hostdev',
  macvtap: 'direct',
  vdpa: 'vdpa',
};
const rowTypes: Readonly<Record<string, readonly string[]>> = {
  direct: ['type-VF', 'type-PCI'],
  macvtap: ['type-VF', 'type-PCI'],
  'direct-physical': ['type-PF'],
  vdpa: ['vdpa'],
};

/** The interface of a port that is not a whole network card: the only one with its MAC. */
export function interfaceOf(port: DevicePort, { interfaces }: XmlDevices): NetworkInterface | undefined {
  const [one, ...others] = interfaces.filter(({ mac }) => mac === port.mac);
  return others.length === 0 ? one : undefined;
}

/** A whole network card (direct-physical) is a hostdev like that of any PCI device. */
function hostdevOf(port: DevicePort, { hostdevs }: XmlDevices): Hostdev | undefined {
  return hostdevs.find(({ hostPci }) => hostPci !== undefined && hostPci === port.pciSlot);
}

/** Neutron's binding, the rows and the XML, live and inactive, say the same of every port that is a device of the host. */
export function* portDisagreements(evidence: DeviceEvidence): Generator<string> {
  for (const port of evidence.ports) {
    for (const line of [...bindingDisagreements(port, evidence), ...xmlDisagreements(port, evidence)]) {
      yield `port ${port.id} (${port.vnicType}): ${line}`;
    }
  }
}

function* bindingDisagreements(port: DevicePort, evidence: DeviceEvidence): Generator<string> {
  const { hostName } = evidence;
  if (port.host !== hostName) yield `bound to ${port.host ?? 'no host'}, the server is on ${hostName}`;
  const row = rowOf(port, evidence);
  if (row === undefined) {
    yield 'the database has no PCI device for it';
    return;
  }
  // lp#1512880, lp#1719327: a move left the old slot in the profile.
  if (row.address !== port.pciSlot) {
    yield `binding:profile has ${port.pciSlot ?? 'no pci_slot'}, the database ${row.address}`;
  }
  const types = rowTypes[port.vnicType] ?? [];
  if (!types.includes(row.type)) yield `the database has a ${row.type} for it, not a ${types.join(' or ')}`;
  // lp#1942329; `mac_address` since Nova 26 (nova/virt/libvirt/host.py, _get_pcinet_info).
  const mac = row.extraInfo['mac_address']?.toLowerCase();
  if (port.vnicType === 'direct-physical' && mac !== undefined && mac !== port.mac) {
    yield `Neutron has MAC ${port.mac}, its card ${mac}`;
  }
}

function* xmlDisagreements(port: DevicePort, evidence: DeviceEvidence): Generator<string> {
  for (const [what, xml] of [
    ['domain XML', evidence.live],
    ['inactive XML', evidence.inactive],
  ] as const) {
    if (port.vnicType === 'direct-physical') {
      if (hostdevOf(port, xml) === undefined) yield `${what} has no hostdev ${port.pciSlot ?? ''}`;
      continue;
    }
    const found = interfaceOf(port, xml);
    if (found === undefined) {
      const count = xml.interfaces.filter(({ mac }) => mac === port.mac).length;
      yield `${what} has ${count} interfaces with MAC ${port.mac}, expected 1`;
      continue;
    }
    const type = interfaceTypes[port.vnicType];
    if (found.type !== type) yield `${what} has an interface of type ${found.type}, expected ${type ?? '?'}`;
    if (port.vnicType === 'direct' && found.hostPci !== port.pciSlot) {
      yield `${what} has ${found.hostPci ?? 'no device'}, binding:profile ${port.pciSlot ?? 'no pci_slot'}`;
    }
    // lp#1657035: macvtap without the tag. Of vDPA ports the switch in the card has the VLAN.
    const tags = found.vlanTags.join();
    if (port.vlan !== null && port.vnicType !== 'vdpa' && tags !== String(port.vlan)) {
      yield `${what} has VLAN ${tags === '' ? 'none' : tags}, its network ${port.vlan}`;
    }
    // lp#1641814: multiqueue is for virtio.
    if (port.vnicType !== 'vdpa' && found.driver['queues'] !== undefined) {
      yield `${what} has ${found.driver['queues']} queues for a device of the host`;
    }
  }
}

function rowOf({ id }: DevicePort, { rows, requests, hostName }: DeviceEvidence): DeviceRow | undefined {
  const request = requests.find(({ requesterId }) => requesterId === id);
  return rows.find(({ requestId, host }) => host === hostName && requestId === request?.requestId);
}
