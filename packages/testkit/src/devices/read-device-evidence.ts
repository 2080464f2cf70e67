import type { NovaReader } from '@whitebox/db';
import { readMdevs } from '@whitebox/kernel';
import type { Domain } from '@whitebox/libvirt-xml';
import type { OpenStack, Port } from '@whitebox/openstack';
import type { Guest } from '../guest.js';
import {
  deviceVnicTypes,
  type DeviceAllocation,
  type DeviceEvidence,
  type DevicePort,
  type DeviceRow,
  type XmlDevices,
} from './device-evidence.js';
import { readPmemNamespaces } from './pmem-namespaces.js';

export interface DeviceSources {
  readonly database: NovaReader;
  readonly openstack: OpenStack;
}

/** Reads what every layer says of the devices of a guest at the same time, each once. */
export async function readDeviceEvidence(
  guest: Guest,
  { database, openstack }: DeviceSources,
  signal: AbortSignal,
): Promise<DeviceEvidence> {
  const { virsh, machine } = guest.host;
  const limits = { signal };
  const [live, inactive, extra, spec, rows, ports, allocations, mdevs] = await Promise.all([
    virsh.domain(guest.domain, limits),
    virsh.domain(guest.domain, { inactive: true, signal }),
    database.extra(guest.id, limits),
    database.requestSpec(guest.id, limits),
    readRows(guest, database, limits),
    readPorts(guest, openstack, limits),
    readAllocations(guest, openstack, limits),
    readMdevs(machine, limits),
  ]);
  const devices = xmlDevices(live);
  const hasPmem = extra.resources.length > 0 || devices.memory.length > 0;
  return {
    serverName: guest.name,
    hostName: guest.host.name,
    live: devices,
    inactive: xmlDevices(inactive),
    rows,
    requests: extra.pciRequests,
    specRequests: spec.pciRequests,
    flavorAliases: aliasesOf(extra.flavors?.current.extraSpecs['pci_passthrough:alias']),
    resources: extra.resources,
    cells: extra.numaTopology?.cells.map(({ id }) => id) ?? null,
    ports,
    allocations,
    mdevs: mdevs.devices,
    namespaces: hasPmem ? await readPmemNamespaces(machine, limits) : [],
  };
}

function xmlDevices({ devices: { hostdevs, interfaces, memory } }: Domain): XmlDevices {
  return { hostdevs, interfaces, memory };
}

/** "a1:2,b" -> a1: 2, b: 1 (nova/pci/request.py, _translate_alias_to_requests). */
function aliasesOf(text = ''): ReadonlyMap<string, number> {
  const aliases = new Map<string, number>();
  for (const part of text.split(',').filter((one) => one.trim() !== '')) {
    const [name = '', count = '1'] = part.trim().split(':');
    aliases.set(name, (aliases.get(name) ?? 0) + Number(count));
  }
  return aliases;
}

interface Limits {
  readonly signal: AbortSignal;
}

/** Rows of all computes: one that another host kept is what a check must see. */
async function readRows(guest: Guest, database: NovaReader, limits: Limits): Promise<DeviceRow[]> {
  const [rows, nodes] = await Promise.all([
    database.pciDevices({ instanceUuid: guest.id }, limits),
    database.computeNodes({}, limits),
  ]);
  return rows.map((row) => {
    const node = nodes.find(({ id, cell }) => id === row.computeNodeId && cell.uuid === row.cell.uuid);
    return { ...row, host: node?.host ?? `compute node ${row.computeNodeId}` };
  });
}

async function readPorts(guest: Guest, { network }: OpenStack, limits: Limits): Promise<DevicePort[]> {
  const ports = (await network.ports({ deviceId: guest.id }, limits)).filter(({ vnicType }) =>
    deviceVnicTypes.some((type) => type === vnicType),
  );
  return Promise.all(ports.map(async (port) => devicePort(port, await vlanOf(port, network, limits))));
}

async function vlanOf(port: Port, network: OpenStack['network'], limits: Limits): Promise<number | null> {
  const { providerType, segmentationId } = await network.network(port.networkId, limits);
  return providerType === 'vlan' ? segmentationId : null;
}

function devicePort(port: Port, vlan: number | null): DevicePort {
  const slot = port.bindingProfile['pci_slot'];
  return {
    id: port.id,
    mac: port.mac.toLowerCase(),
    vnicType: port.vnicType ?? '',
    vlan,
    host: port.bindingHost,
    pciSlot: typeof slot === 'string' ? slot.toLowerCase() : null,
  };
}

async function readAllocations(
  guest: Guest,
  { placement }: OpenStack,
  limits: Limits,
): Promise<DeviceAllocation[]> {
  const allocations = await placement.allocations(guest.id, limits);
  const [first] = allocations;
  const tree = first === undefined ? [] : await placement.providers({ inTree: first.providerId }, limits);
  return allocations.map(({ providerId, resources }) => ({
    providerId,
    providerName: tree.find(({ id }) => id === providerId)?.name ?? providerId,
    resources,
  }));
}
