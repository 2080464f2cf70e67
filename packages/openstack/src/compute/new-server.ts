import type { JsonObject } from '../json.js';

/** A server to be made. Only what is said is sent. */
export interface NewServer {
  readonly name: string;
  readonly flavorId: string;
  /** Left out when booting from `blockDevices`. */
  readonly imageId?: string | undefined;
  /** `none`, `auto` (both since 2.37), or what to plug in, in this order. Default `none`, unlike Nova's. */
  readonly networks?: 'none' | 'auto' | readonly NewServerNetwork[] | undefined;
  readonly availabilityZone?: string | undefined;
  /** The compute service that it must be on (since 2.74, administrators): the scheduler still checks that it fits. */
  readonly host?: string | undefined;
  readonly hypervisorHostname?: string | undefined;
  readonly hints?: SchedulerHints | undefined;
  readonly configDrive?: boolean | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Since 2.52. */
  readonly tags?: readonly string[] | undefined;
  readonly keyName?: string | undefined;
  readonly securityGroups?: readonly string[] | undefined;
  /** Plain text or bytes; encoded here. */
  readonly userData?: string | Uint8Array | undefined;
  readonly blockDevices?: readonly NewBlockDevice[] | undefined;
  /** Fields of the request that have no name here, as Nova spells them. */
  readonly extra?: JsonObject | undefined;
}

export type NewServerNetwork =
  | { readonly networkId: string; readonly fixedIp?: string | undefined; readonly tag?: string | undefined }
  | { readonly portId: string; readonly tag?: string | undefined };

export interface SchedulerHints {
  /** Ids of servers. */
  readonly sameHost?: readonly string[] | undefined;
  readonly differentHost?: readonly string[] | undefined;
  /** Id of a server group. */
  readonly group?: string | undefined;
  readonly extra?: JsonObject | undefined;
}

/** One entry of `block_device_mapping_v2`. */
export interface NewBlockDevice {
  readonly source: 'image' | 'volume' | 'snapshot' | 'blank';
  readonly destination: 'local' | 'volume';
  readonly id?: string | undefined;
  /** 0 boots first; left out or -1 never. */
  readonly bootIndex?: number | undefined;
  readonly sizeGib?: number | undefined;
  readonly deleteOnTermination?: boolean | undefined;
  readonly bus?: string | undefined;
  readonly deviceType?: string | undefined;
  readonly volumeType?: string | undefined;
  readonly tag?: string | undefined;
}

/** The body of POST /servers (nova/api/openstack/compute/schemas/servers.py), without what was not said. */
export function newServerBody(server: NewServer): JsonObject {
  const hints = server.hints === undefined ? {} : hintsBody(server.hints);
  return {
    server: defined({
      name: server.name,
      flavorRef: server.flavorId,
      imageRef: server.imageId,
      networks: networksBody(server.networks ?? 'none'),
      availability_zone: server.availabilityZone,
      host: server.host,
      hypervisor_hostname: server.hypervisorHostname,
      config_drive: server.configDrive,
      metadata: server.metadata,
      tags: server.tags,
      key_name: server.keyName,
      security_groups: server.securityGroups?.map((name) => ({ name })),
      user_data: server.userData === undefined ? undefined : Buffer.from(server.userData).toString('base64'),
      block_device_mapping_v2: server.blockDevices?.map(blockDeviceBody),
      ...server.extra,
    }),
    ...(Object.keys(hints).length === 0 ? {} : { 'os:scheduler_hints': hints }),
  };
}

/** The microversion without which a part of the request would be refused or ignored. */
export function neededMicroversion(server: NewServer): string | undefined {
  if (server.host !== undefined || server.hypervisorHostname !== undefined) return '2.74';
  if (server.blockDevices?.some((device) => device.volumeType !== undefined) === true) return '2.67';
  if (server.tags !== undefined) return '2.52';
  return Array.isArray(server.networks) ? undefined : '2.37';
}

function networksBody(networks: 'none' | 'auto' | readonly NewServerNetwork[]): unknown {
  if (typeof networks === 'string') return networks;
  return networks.map((network) =>
    'portId' in network
      ? defined({ port: network.portId, tag: network.tag })
      : defined({ uuid: network.networkId, fixed_ip: network.fixedIp, tag: network.tag }),
  );
}

function hintsBody(hints: SchedulerHints): JsonObject {
  return defined({
    same_host: hints.sameHost,
    different_host: hints.differentHost,
    group: hints.group,
    ...hints.extra,
  });
}

function blockDeviceBody(device: NewBlockDevice): JsonObject {
  return defined({
    source_type: device.source,
    destination_type: device.destination,
    uuid: device.id,
    boot_index: device.bootIndex ?? -1,
    volume_size: device.sizeGib,
    delete_on_termination: device.deleteOnTermination,
    disk_bus: device.bus,
    device_type: device.deviceType,
    volume_type: device.volumeType,
    tag: device.tag,
  });
}

/** Without the fields that were not said: Nova's schemas refuse null for most. */
export function defined(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
