import type { Json } from './json.js';
import { isVersionedObject, openList, openObject } from './versioned-object.js';

/** A device that Nova may give to servers: a row of `pci_devices`. Source: nova/objects/pci_device.py. */
export interface PciDevice {
  readonly id: number;
  /** Null in rows from before Pike. */
  readonly uuid: string | null;
  readonly computeNodeId: number | null;
  /** "0000:81:00.1" */
  readonly address: string;
  readonly vendorId: string;
  readonly productId: string;
  /** `type-PCI`, `type-PF`, `type-VF` or `vdpa`. */
  readonly type: string;
  /** `available`, `claimed`, `allocated`, `removed`, `deleted`, `unclaimable` or `unavailable`. */
  readonly status: string;
  readonly label: string | null;
  /** The hypervisor's name for it: "pci_0000_81_00_1". */
  readonly deviceId: string | null;
  readonly instanceUuid: string | null;
  /** Of the request that it was given for. */
  readonly requestId: string | null;
  readonly numaNode: number | null;
  /** Address of the physical function of a virtual one. */
  readonly parentAddress: string | null;
  /** Texts; nested values are JSON: `capabilities`, `parent_ifname`, `mac_address`, `rp_uuid`, ... */
  readonly extraInfo: Readonly<Record<string, string>>;
}

export function readPciDeviceList(json: Json): readonly PciDevice[] {
  return openList(json, 'PciDeviceList').map((element) => {
    const { data } = openObject(element, 'PciDevice');
    const textOrNull = (name: string): string | null => data.field(name).orNull((value) => value.text());
    return {
      id: data.field('id').integer(),
      uuid: textOrNull('uuid'),
      computeNodeId: data.field('compute_node_id').orNull((id) => id.integer()),
      address: data.field('address').text(),
      vendorId: data.field('vendor_id').text(),
      productId: data.field('product_id').text(),
      type: data.field('dev_type').text(),
      status: data.field('status').text(),
      label: textOrNull('label'),
      deviceId: textOrNull('dev_id'),
      instanceUuid: textOrNull('instance_uuid'),
      requestId: textOrNull('request_id'),
      numaNode: data.field('numa_node').orNull((node) => node.integer()),
      parentAddress: textOrNull('parent_addr'),
      extraInfo: data.field('extra_info').orNull(readTexts) ?? {},
    };
  });
}

/** Devices that a server asks for, by an alias of its flavor or by a port. Source: nova/objects/instance_pci_requests.py. */
export interface PciRequest {
  readonly count: number;
  /** Any of these descriptions will do. */
  readonly spec: readonly Readonly<Record<string, string | null>>[];
  /** Null for a request that comes from a Neutron port. */
  readonly aliasName: string | null;
  readonly requestId: string | null;
  /** The port's id. */
  readonly requesterId: string | null;
  /** `required`, `legacy`, `preferred`, `socket` or null. */
  readonly numaPolicy: string | null;
}

/** `instance_extra.pci_requests` is a plain list; in migration contexts and request specs it is an object. */
export function readPciRequests(json: Json): readonly PciRequest[] {
  if (Array.isArray(json.value)) return json.list().map(readPciRequest);
  const { data } = openObject(json, 'InstancePCIRequests');
  return data
    .field('requests')
    .list()
    .map((request) => readPciRequest(openObject(request, 'InstancePCIRequest').data));
}

function readPciRequest(request: Json): PciRequest {
  const textOrNull = (name: string): string | null => request.field(name).orNull((value) => value.text());
  return {
    count: request.field('count').natural(),
    spec: request.field('spec').list().map(readNullableTexts),
    aliasName: textOrNull('alias_name'),
    requestId: textOrNull('request_id'),
    requesterId: textOrNull('requester_id'),
    numaPolicy: textOrNull('numa_policy'),
  };
}

/** Free devices of one kind: `compute_nodes.pci_stats`. Source: nova/objects/pci_device_pool.py. */
export interface PciPool {
  readonly vendorId: string;
  readonly productId: string;
  readonly numaNode: number | null;
  readonly count: number;
  /** `dev_type`, `physical_network`, `parent_ifname`, `rp_uuid`, ... */
  readonly tags: Readonly<Record<string, string | null>>;
}

export function readPciPools(json: Json): readonly PciPool[] {
  if (isVersionedObject(json)) {
    return openList(json, 'PciDevicePoolList').map((pool) => {
      const { data } = openObject(pool, 'PciDevicePool');
      return { ...readPool(data), tags: readNullableTexts(data.field('tags')) };
    });
  }
  // Before Kilo: one dictionary or a list of them, with the tags beside the rest (from_pci_stats).
  return (Array.isArray(json.value) ? json.list() : [json]).map((pool) => {
    const known = ['vendor_id', 'product_id', 'numa_node', 'count'];
    const tags = pool.entries().filter(([name]) => !known.includes(name));
    return {
      ...readPool(pool),
      tags: Object.fromEntries(tags.map(([name, tag]) => [name, tag.orNull((value) => value.text())])),
    };
  });
}

function readPool(pool: Json): Omit<PciPool, 'tags'> {
  return {
    vendorId: pool.field('vendor_id').text(),
    productId: pool.field('product_id').text(),
    numaNode: pool.field('numa_node').orNull((node) => node.integer()),
    count: pool.field('count').natural(),
  };
}

export function readTexts(json: Json): Readonly<Record<string, string>> {
  return Object.fromEntries(json.entries().map(([name, value]) => [name, value.text()]));
}

export function readNullableTexts(json: Json): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    json.entries().map(([name, value]) => [name, value.orNull((text) => text.text())]),
  );
}
