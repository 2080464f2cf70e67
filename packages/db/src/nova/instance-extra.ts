import { readInstanceFlavors, type InstanceFlavors } from './flavor.js';
import { readInstanceNumaTopology, type InstanceNumaTopology } from './instance-numa-topology.js';
import type { Json } from './json.js';
import { readPciDeviceList, readPciRequests, type PciDevice, type PciRequest } from './pci.js';
import type { TableRow } from './table.js';
import { openList, openObject } from './versioned-object.js';

/** What `instance_extra` keeps of a server. */
export interface InstanceExtra {
  readonly instanceUuid: string;
  /** Null for a server without NUMA: no pinning, no hugepages. */
  readonly numaTopology: InstanceNumaTopology | null;
  readonly pciRequests: readonly PciRequest[];
  readonly flavors: InstanceFlavors | null;
  /** Null unless the server is being moved or resized, or waits for the confirmation of it. */
  readonly migrationContext: MigrationContext | null;
  /** Named resources: persistent memory, mediated devices. */
  readonly resources: readonly NamedResource[];
}

/** What a move takes with it. Source: nova/objects/migration_context.py. */
export interface MigrationContext {
  readonly instanceUuid: string;
  /** `migrations.id` */
  readonly migrationId: number;
  readonly oldNumaTopology: InstanceNumaTopology | null;
  readonly newNumaTopology: InstanceNumaTopology | null;
  readonly oldPciDevices: readonly PciDevice[];
  readonly newPciDevices: readonly PciDevice[];
  readonly oldPciRequests: readonly PciRequest[];
  readonly newPciRequests: readonly PciRequest[];
  readonly oldResources: readonly NamedResource[];
  readonly newResources: readonly NamedResource[];
  /** As stored: "1.2". */
  readonly version: string;
  /** The JSON as it was stored. */
  readonly raw: unknown;
}

/** Source: nova/objects/resource.py. */
export interface NamedResource {
  readonly providerUuid: string;
  /** "CUSTOM_PMEM_NAMESPACE_4GB", "VGPU" */
  readonly resourceClass: string;
  /** The name of the namespace, the uuid of the mediated device. */
  readonly identifier: string;
}

export const instanceExtraTable = {
  name: 'instance_extra',
  columns: ['id', 'instance_uuid', 'numa_topology', 'pci_requests', 'flavor', 'migration_context'],
  // Since Train.
  optional: ['resources'],
  softDeletes: true,
} as const;

export function readInstanceExtra(row: TableRow): InstanceExtra {
  return {
    instanceUuid: row.text('instance_uuid'),
    numaTopology: row.json('numa_topology', readInstanceNumaTopology),
    pciRequests: row.json('pci_requests', readPciRequests) ?? [],
    flavors: row.json('flavor', readInstanceFlavors),
    migrationContext: row.json('migration_context', readMigrationContext),
    resources: row.json('resources', readResources) ?? [],
  };
}

function readMigrationContext(json: Json): MigrationContext {
  const { version, data } = openObject(json, 'MigrationContext');
  const list = <T>(name: string, read: (json: Json) => readonly T[]): readonly T[] =>
    data.field(name).orNull(read) ?? [];
  return {
    instanceUuid: data.field('instance_uuid').text(),
    migrationId: data.field('migration_id').integer(),
    oldNumaTopology: data.field('old_numa_topology').orNull(readInstanceNumaTopology),
    newNumaTopology: data.field('new_numa_topology').orNull(readInstanceNumaTopology),
    oldPciDevices: list('old_pci_devices', readPciDeviceList),
    newPciDevices: list('new_pci_devices', readPciDeviceList),
    oldPciRequests: list('old_pci_requests', readPciRequests),
    newPciRequests: list('new_pci_requests', readPciRequests),
    oldResources: list('old_resources', readResources),
    newResources: list('new_resources', readResources),
    version,
    raw: json.value,
  };
}

function readResources(json: Json): readonly NamedResource[] {
  return openList(json, 'ResourceList').map((element) => {
    const { data } = openObject(element, 'Resource');
    return {
      providerUuid: data.field('provider_uuid').text(),
      resourceClass: data.field('resource_class').text(),
      identifier: data.field('identifier').text(),
    };
  });
}
