import { findOne } from '../find-by-name.js';
import { defined } from '../compute/new-server.js';
import type { Fields, JsonObject } from '../json.js';
import { ServiceClient, type CallOptions } from '../service-client.js';
import type { Session } from '../session.js';

/** Short enough for any proxy: an address of some 2,000 characters. */
const devicesAtOnce = 40;

export interface NetworkRecord {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly subnetIds: readonly string[];
  readonly shared: boolean;
  /** For administrators. */
  readonly providerType: string | null;
  readonly physicalNetwork: string | null;
  readonly segmentationId: number | null;
  readonly raw: JsonObject;
}

export interface Subnet {
  readonly id: string;
  readonly name: string;
  readonly networkId: string;
  readonly cidr: string;
  readonly ipVersion: number;
  readonly raw: JsonObject;
}

export interface Port {
  readonly id: string;
  readonly name: string;
  readonly networkId: string;
  /** ACTIVE, DOWN, BUILD, N/A, ERROR. */
  readonly status: string;
  readonly mac: string;
  readonly fixedIps: readonly { readonly subnetId: string; readonly address: string }[];
  /** The server it is plugged into; empty when none. */
  readonly deviceId: string;
  readonly deviceOwner: string;
  /** For administrators. `unbound`, `binding_failed`, `bridge`, `ovs`, `hw_veb`, ... */
  readonly vifType: string | null;
  readonly vnicType: string | null;
  readonly bindingHost: string | null;
  readonly bindingProfile: JsonObject;
  readonly raw: JsonObject;
}

export interface NewPort {
  readonly networkId: string;
  readonly name?: string | undefined;
  readonly fixedIp?: string | undefined;
  readonly vnicType?: string | undefined;
  /** Further fields as Neutron spells them. */
  readonly extra?: JsonObject | undefined;
}

export interface NetworkAgent {
  readonly id: string;
  readonly type: string;
  readonly binary: string;
  readonly host: string;
  readonly alive: boolean;
  readonly raw: JsonObject;
}

/** Neutron. */
export class Network {
  /** For requests that have no method here. */
  readonly client: ServiceClient;

  constructor(session: Session) {
    this.client = new ServiceClient(session, {
      type: 'network',
      baseUrl: (url) => (url.endsWith('/v2.0') ? url : `${url}/v2.0`),
    });
  }

  async networks(options?: CallOptions): Promise<readonly NetworkRecord[]> {
    return (await this.client.list('networks', { action: 'list networks', path: '/networks' }, options)).map(
      decodeNetwork,
    );
  }

  async network(id: string, options?: CallOptions): Promise<NetworkRecord> {
    const path = `/networks/${encodeURIComponent(id)}`;
    const call = { action: `show network ${id}`, method: 'GET', path } as const;
    return decodeNetwork(await this.client.fetch('network', call, options));
  }

  /** @throws NameError when there is none or more than one of that name */
  async findNetwork(nameOrId: string, options?: CallOptions): Promise<NetworkRecord> {
    return findOne('network', await this.networks(options), nameOrId);
  }

  /** @param body as Neutron spells it: `{ name, 'provider:network_type': 'vlan', ... }` */
  async createNetwork(body: JsonObject, options?: CallOptions): Promise<NetworkRecord> {
    const call = {
      action: 'create a network',
      method: 'POST',
      path: '/networks',
      json: { network: body },
    } as const;
    return decodeNetwork(await this.client.fetch('network', call, options));
  }

  async deleteNetwork(id: string, options?: CallOptions): Promise<void> {
    await this.#delete('network', id, options);
  }

  async subnets(
    filter: { readonly networkId?: string | undefined } = {},
    options?: CallOptions,
  ): Promise<readonly Subnet[]> {
    const call = { action: 'list subnets', path: '/subnets', query: { network_id: filter.networkId } };
    return (await this.client.list('subnets', call, options)).map(decodeSubnet);
  }

  /** @param body as Neutron spells it: `{ network_id, cidr, ip_version, ... }` */
  async createSubnet(body: JsonObject, options?: CallOptions): Promise<Subnet> {
    const call = {
      action: 'create a subnet',
      method: 'POST',
      path: '/subnets',
      json: { subnet: body },
    } as const;
    return decodeSubnet(await this.client.fetch('subnet', call, options));
  }

  async ports(
    filter: { readonly deviceId?: string | undefined; readonly networkId?: string | undefined } = {},
    options?: CallOptions,
  ): Promise<readonly Port[]> {
    const query = { device_id: filter.deviceId, network_id: filter.networkId };
    return (await this.client.list('ports', { action: 'list ports', path: '/ports', query }, options)).map(
      decodePort,
    );
  }

  /** The ports of many servers; a request for some dozens of them. */
  async portsOf(deviceIds: readonly string[], options?: CallOptions): Promise<readonly Port[]> {
    const ports: Port[] = [];
    for (let at = 0; at < deviceIds.length; at += devicesAtOnce) {
      // Neutron takes the same name several times for "any of these".
      const query = { device_id: deviceIds.slice(at, at + devicesAtOnce) };
      const call = { action: 'list ports of servers', path: '/ports', query };
      ports.push(...(await this.client.list('ports', call, options)).map(decodePort));
    }
    return ports;
  }

  async port(id: string, options?: CallOptions): Promise<Port> {
    const call = {
      action: `show port ${id}`,
      method: 'GET',
      path: `/ports/${encodeURIComponent(id)}`,
    } as const;
    return decodePort(await this.client.fetch('port', call, options));
  }

  async createPort(port: NewPort, options?: CallOptions): Promise<Port> {
    const body = defined({
      network_id: port.networkId,
      name: port.name,
      fixed_ips: port.fixedIp === undefined ? undefined : [{ ip_address: port.fixedIp }],
      'binding:vnic_type': port.vnicType,
      ...port.extra,
    });
    const call = { action: 'create a port', method: 'POST', path: '/ports', json: { port: body } } as const;
    return decodePort(await this.client.fetch('port', call, options));
  }

  async deletePort(id: string, options?: CallOptions): Promise<void> {
    await this.#delete('port', id, options);
  }

  /** For administrators. */
  async agents(options?: CallOptions): Promise<readonly NetworkAgent[]> {
    return (
      await this.client.list('agents', { action: 'list network agents', path: '/agents' }, options)
    ).map((agent) => ({
      id: agent.string('id'),
      type: agent.string('agent_type'),
      binary: agent.string('binary'),
      host: agent.string('host'),
      alive: agent.boolean('alive'),
      raw: agent.raw,
    }));
  }

  async #delete(kind: string, id: string, options?: CallOptions): Promise<void> {
    const path = `/${kind}s/${encodeURIComponent(id)}`;
    await this.client.call({ action: `delete ${kind} ${id}`, method: 'DELETE', path }, options);
  }
}

function decodeNetwork(network: Fields): NetworkRecord {
  return {
    id: network.string('id'),
    name: network.string('name'),
    status: network.string('status'),
    subnetIds: network.strings('subnets'),
    shared: network.booleanOrNull('shared') ?? false,
    providerType: network.stringOrNull('provider:network_type'),
    physicalNetwork: network.stringOrNull('provider:physical_network'),
    segmentationId: network.numberOrNull('provider:segmentation_id'),
    raw: network.raw,
  };
}

function decodeSubnet(subnet: Fields): Subnet {
  return {
    id: subnet.string('id'),
    name: subnet.string('name'),
    networkId: subnet.string('network_id'),
    cidr: subnet.string('cidr'),
    ipVersion: subnet.number('ip_version'),
    raw: subnet.raw,
  };
}

function decodePort(port: Fields): Port {
  return {
    id: port.string('id'),
    name: port.string('name'),
    networkId: port.string('network_id'),
    status: port.string('status'),
    mac: port.string('mac_address'),
    fixedIps: port.objectsOrNone('fixed_ips').map((ip) => ({
      subnetId: ip.string('subnet_id'),
      address: ip.string('ip_address'),
    })),
    deviceId: port.string('device_id'),
    deviceOwner: port.string('device_owner'),
    vifType: port.stringOrNull('binding:vif_type'),
    vnicType: port.stringOrNull('binding:vnic_type'),
    bindingHost: port.stringOrNull('binding:host_id'),
    bindingProfile: port.objectOrNull('binding:profile')?.raw ?? {},
    raw: port.raw,
  };
}
