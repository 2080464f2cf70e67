import type { Fields } from '../json.js';
import { type JsonObject } from '../json.js';

/** nova/api/openstack/common.py `_STATE_MAP`. */
export type ServerStatus =
  | 'ACTIVE'
  | 'BUILD'
  | 'DELETED'
  | 'ERROR'
  | 'HARD_REBOOT'
  | 'MIGRATING'
  | 'PASSWORD'
  | 'PAUSED'
  | 'REBOOT'
  | 'REBUILD'
  | 'RESCUE'
  | 'RESIZE'
  | 'REVERT_RESIZE'
  | 'SHELVED'
  | 'SHELVED_OFFLOADED'
  | 'SHUTOFF'
  | 'SOFT_DELETED'
  | 'SUSPENDED'
  | 'UNKNOWN'
  | 'VERIFY_RESIZE';

/** A server as Nova shows it. Fields for administrators are null for others. */
export interface Server {
  readonly id: string;
  readonly name: string;
  readonly status: ServerStatus;
  /** What is being done to it; null when nothing is. */
  readonly taskState: string | null;
  readonly vmState: string | null;
  /** nova/compute/power_state.py: 0 none, 1 running, 3 paused, 4 shut down, 6 crashed, 7 suspended. */
  readonly powerState: number | null;
  /** The compute service that it is on. */
  readonly host: string | null;
  /** The hypervisor node; the same as `host` with libvirt but for its domain name. */
  readonly hypervisorHostname: string | null;
  /** Name of the libvirt domain: "instance-0000002a". */
  readonly instanceName: string | null;
  readonly hostStatus: string | null;
  readonly flavor: ServerFlavor;
  /** null when it was booted from a volume. */
  readonly imageId: string | null;
  readonly availabilityZone: string | null;
  readonly configDrive: boolean;
  readonly keyName: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly addresses: readonly ServerAddress[];
  readonly volumeIds: readonly string[];
  readonly serverGroupIds: readonly string[];
  readonly locked: boolean | null;
  readonly projectId: string;
  readonly userId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly launchedAt: Date | null;
  /** Why it is in ERROR; null otherwise. */
  readonly fault: ServerFault | null;
  /** All that Nova said. */
  readonly raw: JsonObject;
}

/** The flavor as it was when the server got it; its id is told before microversion 2.47 only. */
export interface ServerFlavor {
  readonly id: string | null;
  readonly name: string | null;
  readonly vcpus: number | null;
  readonly ramMib: number | null;
  readonly diskGib: number | null;
  readonly extraSpecs: Readonly<Record<string, string>>;
}

export interface ServerAddress {
  readonly network: string;
  readonly address: string;
  readonly version: number;
  readonly mac: string | null;
  readonly type: string | null;
}

export interface ServerFault {
  readonly code: number | null;
  readonly message: string;
  /** The traceback, for administrators. */
  readonly details: string | null;
  readonly createdAt: Date | null;
}

export function decodeServer(server: Fields): Server {
  const image = server.raw['image'];
  return {
    id: server.string('id'),
    name: server.string('name'),
    status: server.string('status') as ServerStatus,
    taskState: server.stringOrNull('OS-EXT-STS:task_state'),
    vmState: server.stringOrNull('OS-EXT-STS:vm_state'),
    powerState: server.numberOrNull('OS-EXT-STS:power_state'),
    host: server.stringOrNull('OS-EXT-SRV-ATTR:host'),
    hypervisorHostname: server.stringOrNull('OS-EXT-SRV-ATTR:hypervisor_hostname'),
    instanceName: server.stringOrNull('OS-EXT-SRV-ATTR:instance_name'),
    hostStatus: server.stringOrNull('host_status'),
    flavor: decodeServerFlavor(server.objectOrNull('flavor')),
    imageId:
      image === '' || image === undefined || image === null ? null : server.object('image').string('id'),
    availabilityZone: server.stringOrNull('OS-EXT-AZ:availability_zone'),
    configDrive: server.stringOrNull('config_drive') === 'True',
    keyName: server.stringOrNull('key_name'),
    metadata: server.stringMap('metadata'),
    tags: server.strings('tags'),
    addresses: decodeAddresses(server.objectOrNull('addresses')),
    volumeIds: server
      .objectsOrNone('os-extended-volumes:volumes_attached')
      .map((volume) => volume.string('id')),
    serverGroupIds: server.strings('server_groups'),
    locked: server.booleanOrNull('locked'),
    projectId: server.string('tenant_id'),
    userId: server.string('user_id'),
    createdAt: novaTime(server.string('created')),
    updatedAt: novaTime(server.string('updated')),
    launchedAt: novaTimeOrNull(server.stringOrNull('OS-SRV-USG:launched_at')),
    fault: decodeFault(server.objectOrNull('fault')),
    raw: server.raw,
  };
}

function decodeServerFlavor(flavor: Fields | null): ServerFlavor {
  return {
    id: flavor?.stringOrNull('id') ?? null,
    name: flavor?.stringOrNull('original_name') ?? null,
    vcpus: flavor?.numberOrNull('vcpus') ?? null,
    ramMib: flavor?.numberOrNull('ram') ?? null,
    diskGib: flavor?.numberOrNull('disk') ?? null,
    extraSpecs: flavor?.stringMap('extra_specs') ?? {},
  };
}

function decodeAddresses(addresses: Fields | null): readonly ServerAddress[] {
  if (addresses === null) return [];
  return Object.keys(addresses.raw).flatMap((network) =>
    addresses.objects(network).map((address) => ({
      network,
      address: address.string('addr'),
      version: address.number('version'),
      mac: address.stringOrNull('OS-EXT-IPS-MAC:mac_addr'),
      type: address.stringOrNull('OS-EXT-IPS:type'),
    })),
  );
}

function decodeFault(fault: Fields | null): ServerFault | null {
  if (fault === null) return null;
  return {
    code: fault.numberOrNull('code'),
    message: fault.stringOrNull('message') ?? '',
    details: fault.stringOrNull('details'),
    createdAt: novaTimeOrNull(fault.stringOrNull('created')),
  };
}

/** Nova's times are UTC, with or without saying so. */
export function novaTime(text: string): Date {
  return new Date(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
}

export function novaTimeOrNull(text: string | null): Date | null {
  return text === null ? null : novaTime(text);
}
