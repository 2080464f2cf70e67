import type { NamedResource, PciDevice, PciRequest } from '@whitebox/db';
import type { Mdev } from '@whitebox/kernel';
import type { DomainDevices } from '@whitebox/libvirt-xml';

/** What a domain XML, live or inactive, says of devices of the host. */
export type XmlDevices = Pick<DomainDevices, 'hostdevs' | 'interfaces' | 'memory'>;

/** A row of `pci_devices` with the server's UUID, of whatever compute. */
export type DeviceRow = Pick<
  PciDevice,
  'address' | 'type' | 'status' | 'requestId' | 'numaNode' | 'parentAddress' | 'extraInfo'
> & {
  /** The compute that its `compute_node_id` is of. */
  readonly host: string;
};

export type DeviceRequest = Pick<
  PciRequest,
  'count' | 'aliasName' | 'requestId' | 'requesterId' | 'numaPolicy'
>;

/** A port of the server that is a device of the host, as Neutron has it. */
export interface DevicePort {
  readonly id: string;
  readonly mac: string;
  /** direct, macvtap, direct-physical or vdpa. */
  readonly vnicType: string;
  /** `provider:segmentation_id` of its network, where that is a VLAN. */
  readonly vlan: number | null;
  readonly host: string | null;
  /** `binding:profile`: "0000:81:00.1". */
  readonly pciSlot: string | null;
}

export interface DeviceAllocation {
  readonly providerId: string;
  /** "compute1", "compute1_0000:81:00.0", "compute1_pci_0000_84_00_0" */
  readonly providerName: string;
  readonly resources: Readonly<Record<string, number>>;
}

/** A namespace of persistent memory of the host, as its ndctl tells it. */
export interface PmemNamespace {
  readonly name: string;
  /** "/dev/dax0.0" */
  readonly path: string;
  readonly sizeKib: number;
}

export interface DeviceEvidence {
  readonly serverName: string;
  readonly hostName: string;
  readonly live: XmlDevices;
  readonly inactive: XmlDevices;
  readonly rows: readonly DeviceRow[];
  /** `instance_extra.pci_requests`. */
  readonly requests: readonly DeviceRequest[];
  /** Those of `request_specs.spec`, from which it is scheduled the next time. */
  readonly specRequests: readonly DeviceRequest[];
  /** `pci_passthrough:alias` of its flavor: alias -> how many. */
  readonly flavorAliases: ReadonlyMap<string, number>;
  /** `instance_extra.resources`. */
  readonly resources: readonly NamedResource[];
  /** Host cells of the guest; null: no NUMA topology. */
  readonly cells: readonly number[] | null;
  readonly ports: readonly DevicePort[];
  readonly allocations: readonly DeviceAllocation[];
  readonly mdevs: readonly Mdev[];
  readonly namespaces: readonly PmemNamespace[];
}

/** Ports of these kinds are devices of the host. */
export const deviceVnicTypes = ['direct', 'macvtap', 'direct-physical', 'vdpa'] as const;
export const pmemClass = /^CUSTOM_PMEM_NAMESPACE_/;
