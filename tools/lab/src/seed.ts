import { readFile } from 'node:fs/promises';
import type { Cloud } from './cloud.js';
import { addressIn, formatSubnet, type Subnet } from './ipv4.js';
import { guestPool } from './lab-hosts.js';

// What the cloud is given once it answers. Everything may be done again: what is there already is left alone.

export const privateSubnet = '10.1.0.0/24';
export const imageNames = ['lab-guest', 'lab-guest-alt'] as const;

interface Image {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

/** @returns the image's id */
export async function seedImage(cloud: Cloud, name: string, file: string): Promise<string> {
  const images = await cloud.list<Image>('glance', `/v2/images?name=${name}`, 'images');
  const active = images.find(({ status }) => status === 'active');
  if (active !== undefined) return active.id;
  // Left behind by an upload that was cut short.
  for (const { id } of images) await cloud.request('DELETE', 'glance', `/v2/images/${id}`);
  const { id } = (await cloud.request('POST', 'glance', '/v2/images', {
    json: { name, disk_format: 'qcow2', container_format: 'bare', visibility: 'public' },
  })) as Image;
  await cloud.request('PUT', 'glance', `/v2/images/${id}/file`, {
    body: new Uint8Array(await readFile(file)),
  });
  return id;
}

interface Network {
  readonly id: string;
  readonly subnets: readonly string[];
}

async function seedNetwork(
  cloud: Cloud,
  name: string,
  network: Readonly<Record<string, unknown>>,
  subnet: Readonly<Record<string, unknown>>,
): Promise<void> {
  const [found] = await cloud.list<Network>('neutron', `/v2.0/networks?name=${name}`, 'networks');
  const { id, subnets } =
    found ??
    (
      (await cloud.request('POST', 'neutron', '/v2.0/networks', {
        json: { network: { name, shared: true, ...network } },
      })) as { network: Network }
    ).network;
  if (subnets.length > 0) return;
  await cloud.request('POST', 'neutron', '/v2.0/subnets', {
    json: { subnet: { network_id: id, name: `${name}4`, ip_version: 4, ...subnet } },
  });
}

/** `private` between the hosts (vxlan), `provider` reachable from the machine (flat). */
export async function seedNetworks(cloud: Cloud, provider: Subnet): Promise<void> {
  await Promise.all([
    seedNetwork(cloud, 'private', {}, { cidr: privateSubnet }),
    seedNetwork(
      cloud,
      'provider',
      { 'provider:network_type': 'flat', 'provider:physical_network': 'physnet1' },
      {
        cidr: formatSubnet(provider),
        gateway_ip: addressIn(provider, 1),
        allocation_pools: [guestPool(provider)],
      },
    ),
  ]);
}

interface ComputeService {
  readonly binary: string;
  readonly host: string;
  readonly state: string;
}

interface Agent {
  readonly agent_type: string;
  readonly host: string;
  readonly alive: boolean;
}

/** Until each host's nova-compute is up, has its hypervisor in a cell, and its network agent lives. */
export async function waitForComputes(
  cloud: Cloud,
  hosts: readonly string[],
  deadlineMs = 300_000,
): Promise<void> {
  const absent = (present: readonly string[]) => hosts.filter((host) => !present.includes(host));
  await cloud.until('nova-compute on each host', deadlineMs, async () => {
    const services = await cloud.list<ComputeService>('nova', '/os-services?binary=nova-compute', 'services');
    const missing = absent(services.filter(({ state }) => state === 'up').map(({ host }) => host));
    return missing.length === 0 ? true : `not up on ${missing.join(', ')}`;
  });
  await cloud.until('each hypervisor in a cell', deadlineMs, async () => {
    // Not /os-hypervisors/detail: it asks each compute for its uptime and hangs for a minute if one does not listen yet.
    const hypervisors = await cloud.list<{ hypervisor_hostname: string }>(
      'nova',
      '/os-hypervisors',
      'hypervisors',
    );
    const missing = absent(hypervisors.map(({ hypervisor_hostname: name }) => name));
    return missing.length === 0 ? true : `no hypervisor of ${missing.join(', ')}`;
  });
  await cloud.until('the network agent on each host', deadlineMs, async () => {
    const agents = await cloud.list<Agent>('neutron', '/v2.0/agents', 'agents');
    const living = agents.filter(({ alive, agent_type: type }) => alive && type === 'Linux bridge agent');
    const missing = absent(living.map(({ host }) => host));
    return missing.length === 0 ? true : `no living agent on ${missing.join(', ')}`;
  });
}
