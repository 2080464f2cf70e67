import type { CpuSet } from '@whitebox/core';
import type {
  BlockDeviceRow,
  ComputeNodeRow,
  InstanceExtra,
  InstanceRow,
  MigrationRow,
  PciDeviceRow,
  RequestSpec,
  ServiceRow,
} from '@whitebox/db';
import type {
  CpuTopology,
  GuestFiles,
  GuestMemory,
  NumaCell,
  PciFunction,
  QemuThreads,
} from '@whitebox/kernel';
import type { Domain } from '@whitebox/libvirt-xml';

/**
 * What the layers of a cloud said at about the same moment, of some of its guests and hosts. Everywhere in it undefined means
 * "was not read", and null or an empty list "was read, and there is nothing".
 */
export interface Snapshot {
  /** When reading began. */
  readonly takenAt: Date;
  /** Versions of Nova that the cloud may have, 26 for Zed; several where its API cannot tell them apart. */
  readonly novaVersions: readonly number[];
  /** The newest service version of any nova-compute of the cloud, where there are others than `hosts`. */
  readonly newestServiceVersion?: number | undefined;
  readonly guests: readonly GuestSnapshot[];
  readonly hosts: readonly HostSnapshot[];
  /** Migrations of these guests, over or not, and those in progress of these hosts. */
  readonly migrations?: readonly MigrationRow[] | undefined;
}

/** One server and what every layer says of it. */
export interface GuestSnapshot {
  readonly uuid: string;
  /** For people. */
  readonly name: string;
  /** `instances`; null: no live row. */
  readonly instance?: InstanceRow | null | undefined;
  /** `instance_extra` */
  readonly extra?: InstanceExtra | null | undefined;
  /** `request_specs` */
  readonly requestSpec?: RequestSpec | null | undefined;
  /** `block_device_mapping` */
  readonly blockDevices?: readonly BlockDeviceRow[] | undefined;
  /** `instance_system_metadata` */
  readonly systemMetadata?: ReadonlyMap<string, string | null> | undefined;
  /** Uuid of the cell in `instance_mappings`; null: no mapping. */
  readonly mappedCell?: string | null | undefined;
  /** What Placement allocates to it; empty: nothing. */
  readonly allocations?: readonly ProviderAllocation[] | undefined;
  /** Domain XML of what runs on `instances.host`; null: nothing of it runs there. */
  readonly live?: Domain | null | undefined;
  /** `virsh dumpxml --inactive` there; null: no such domain. */
  readonly inactive?: Domain | null | undefined;
  /** Threads of its QEMU process; null: there is none. */
  readonly threads?: QemuThreads | null | undefined;
  /** Where the pages of its memory lie; null: there is no process. */
  readonly memory?: readonly GuestMemory[] | null | undefined;
  /** Files of its disks and what QEMU has open; null: there is no process. */
  readonly files?: GuestFiles | null | undefined;
  /** Its ports in Neutron. */
  readonly ports?: readonly PortSnapshot[] | undefined;
  /** What Cinder keeps for it. */
  readonly attachments?: readonly AttachmentSnapshot[] | undefined;
  /** Secrets of the key manager without which it does not start again -> whether the key manager has them. */
  readonly keys?: ReadonlyMap<string, boolean> | undefined;
}

/** A port of Neutron, with its binding: https://docs.openstack.org/api-ref/network/v2/#port-binding */
export interface PortSnapshot {
  readonly id: string;
  /** Lower case. */
  readonly mac: string;
  /** normal, direct, direct-physical, macvtap, vdpa, ... */
  readonly vnicType: string | null;
  /** ovs, hw_veb, hostdev_physical, unbound, binding_failed, ...; null: only administrators see it. */
  readonly vifType: string | null;
  readonly bindingHost: string | null;
  /** `pci_slot` of the profile: "0000:81:00.1". */
  readonly pciSlot: string | undefined;
  /** `pci_vendor_info` of the profile: "8086:10ed". */
  readonly pciVendorInfo: string | undefined;
  /** `vlan` of the details of a VF that the host's NIC tags. */
  readonly vlan: number | undefined;
}

/** An attachment of Cinder: https://docs.openstack.org/api-ref/block-storage/v3/#attachments-attachments */
export interface AttachmentSnapshot {
  readonly id: string;
  readonly volumeId: string;
  /** attached, reserved, attaching, detaching, ... */
  readonly status: string;
}

export interface ProviderAllocation {
  readonly providerId: string;
  readonly resources: Readonly<Record<string, number>>;
}

/** One compute and what every layer says of it. */
export interface HostSnapshot {
  /** As Nova's service list has it. */
  readonly name: string;
  /** `compute_nodes`; null: no live row. */
  readonly computeNode?: ComputeNodeRow | null | undefined;
  /** `services` of nova-compute; null: no live row. */
  readonly service?: ServiceRow | null | undefined;
  /** All servers whose `instances.host` it is. */
  readonly instances?: readonly InstanceRow[] | undefined;
  /** `instance_extra` of all those, and of the servers that migrate from or to it. */
  readonly extras?: readonly InstanceExtra[] | undefined;
  readonly pciDevices?: readonly PciDeviceRow[] | undefined;
  /** Uuid of the cell in `host_mappings`; null: no mapping. */
  readonly mappedCell?: string | null | undefined;
  /** The configuration that its nova-compute has in force. */
  readonly config?: HostConfig | undefined;
  /** Domains that libvirt knows, running or not. */
  readonly domains?: readonly HostDomain[] | undefined;
  /** /sys/devices/system/cpu */
  readonly cpus?: CpuTopology | undefined;
  /** /sys/devices/system/node */
  readonly numaCells?: readonly NumaCell[] | undefined;
  /** Its resource providers, the root first; empty: Placement has no tree for it. */
  readonly providers?: readonly Provider[] | undefined;
  /** Uuids of the secrets that its libvirt has. */
  readonly secrets?: readonly string[] | undefined;
  /** /sys/bus/pci/devices */
  readonly pciFunctions?: readonly PciFunction[] | undefined;
  /** The files that its nova-compute, the process of `config`, has read. */
  readonly configFiles?: readonly ConfigFile[] | undefined;
}

export interface ConfigFile {
  /** As the process sees it. */
  readonly path: string;
  /** null: it is not there any more. */
  readonly modifiedAt: Date | null;
}

export interface HostDomain {
  readonly uuid: string;
  readonly name: string;
  /** As virsh says it: "running", "paused", "shut off". */
  readonly state: string;
  /** Its live XML where it runs. */
  readonly xml?: Domain | undefined;
}

/** A resource provider and all that Placement keeps with it. */
export interface Provider {
  readonly id: string;
  readonly name: string;
  /** Null for the root. */
  readonly parentId: string | null;
  readonly inventories: Readonly<Record<string, ProviderInventory>>;
  readonly traits: readonly string[];
  /** Consumer (a server or a migration) -> what it has. */
  readonly allocations: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface ProviderInventory {
  readonly total: number;
  readonly reserved: number;
  readonly allocationRatio: number;
}

/** Options of nova-compute, with Nova's defaults where nothing is said. */
export interface HostConfig {
  /** When the process started that has read them. */
  readonly startedAt: Date | undefined;
  /** `[compute] cpu_shared_set`; undefined: unset. */
  readonly sharedSet: CpuSet | undefined;
  /** `[compute] cpu_dedicated_set`; undefined: unset. */
  readonly dedicatedSet: CpuSet | undefined;
  /** `[libvirt] cpu_power_management` */
  readonly cpuPowerManagement: boolean;
  /** `[libvirt] cpu_power_management_strategy`: cpu_state or governor. */
  readonly cpuPowerStrategy: string;
  /** `[libvirt] cpu_power_governor_low` and `_high` */
  readonly governorLow: string;
  readonly governorHigh: string;
  /** `[libvirt] realtime_scheduler_priority` */
  readonly realtimePriority: number;
  /** `[libvirt] file_backed_memory`, MiB; 0: off. */
  readonly fileBackedMemoryMib: number;
  /** `[DEFAULT] reserved_host_memory_mb` */
  readonly reservedHostMemoryMib: number;
  /** `[DEFAULT] update_resources_interval`, seconds. */
  readonly updateResourcesIntervalS: number;
  /** `[DEFAULT] sync_power_state_interval`, seconds; undefined: Nova does not compare power states by itself. */
  readonly syncPowerStateIntervalS: number | undefined;
}
