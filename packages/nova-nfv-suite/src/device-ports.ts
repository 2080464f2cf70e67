import {
  expect,
  isFor,
  type Cloud,
  type DevicePlacement,
  type PortKind,
  type TestServer,
} from '@whitebox/testkit';

/** A VLAN network made for one case, on the physical network that has devices for its ports. */
export interface DeviceNetwork {
  readonly physicalNetwork: string;
  /** Makes a port that is a device of the host. @returns its id */
  port(options?: { readonly numaPolicy?: string | undefined }): Promise<string>;
}

/**
 * The physical network is that of `sriov_physnet` or `vdpa_physnet`, else the one with the most free devices; the VLAN that of
 * `sriov_vlan_id` or `vdpa_vlan_id`, else one that Neutron chooses.
 */
export async function deviceNetwork(cloud: Cloud, kind: PortKind): Promise<DeviceNetwork> {
  const isVdpa = kind === 'vdpa';
  const physicalNetwork =
    (await cloud.option('whitebox-hardware', isVdpa ? 'vdpa_physnet' : 'sriov_physnet')) ??
    (await networkWithMost(cloud, kind));
  const vlan = await cloud.option('whitebox-hardware', isVdpa ? 'vdpa_vlan_id' : 'sriov_vlan_id');
  const networkId = await cloud.network({
    'provider:network_type': 'vlan',
    'provider:physical_network': physicalNetwork,
    ...(vlan === undefined ? {} : { 'provider:segmentation_id': vlan }),
  });
  const subnet = { network_id: networkId, ip_version: 4, cidr: '198.51.100.0/24', enable_dhcp: false };
  // It goes with its network.
  await cloud.openstack.network.createSubnet(subnet, { signal: cloud.signal });
  return {
    physicalNetwork,
    port: ({ numaPolicy } = {}) =>
      cloud.port({
        networkId,
        vnicType: kind,
        extra: numaPolicy === undefined ? {} : { numa_affinity_policy: numaPolicy },
      }),
  };
}

async function networkWithMost(cloud: Cloud, kind: PortKind): Promise<string> {
  const counts = new Map<string, number>();
  for (const { pools } of await cloud.hostDevices()) {
    for (const pool of pools.filter((one) => isFor(one, kind))) {
      const name = pool.physicalNetwork ?? '';
      counts.set(name, (counts.get(name) ?? 0) + pool.count);
    }
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  expect(most, `a physical network with devices for ${kind} ports`).toBeDefined();
  return most?.[0] ?? '';
}

/** The guest has this port and no other device of its host, with its VLAN, in every layer. */
export async function expectPort(
  server: TestServer,
  portId: string,
  kind: PortKind,
): Promise<DevicePlacement> {
  const devices = await server.devices();
  expect(devices.ports.map(({ id, vnicType }) => ({ id, vnicType }))).toEqual([
    { id: portId, vnicType: kind },
  ]);
  const [port] = devices.ports;
  expect(port?.vlan, 'VLAN of the network').toEqual(expect.any(Number));
  expect(devices.rows.map(({ address }) => address)).toEqual([port?.pciSlot]);
  expect(devices).toAgreeEverywhere();
  return devices;
}

/** No compute but the guest's own keeps a device for it, and rows, pools and Placement of all of them agree. */
export async function expectNoDeviceElsewhere(cloud: Cloud, server: TestServer): Promise<void> {
  for (const compute of cloud.computes) {
    await expect
      .poll(
        async () => {
          const inventory = await cloud.pciInventory(compute);
          const theirs = compute.name === server.host.name ? [] : inventory.heldBy(server.id);
          return [
            ...theirs.map((address) => `${compute.name} keeps ${address}`),
            ...inventory.disagreements(),
          ];
        },
        // The resource tracker of a host counts what a guest gives back once a minute: update_resources_interval.
        { timeout: 90_000, interval: 1000, message: `PCI devices of ${compute.name}` },
      )
      .toEqual([]);
  }
}
