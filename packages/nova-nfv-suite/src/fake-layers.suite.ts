import { later, rpOf } from './fake-answers.suite.js';
import type { FakeState } from './fake-state.suite.js';

/** Placement of the made-up cloud. */
export function fakePlacement(state: FakeState) {
  const gpuRp = ({ host, parent }: { host: string; parent: string }): string =>
    `${host}_pci_${parent.replace(/[:.]/g, '_')}`;
  return {
    providers: ({ inTree, name = '' }: { inTree?: string; name?: string }) => {
      const host = inTree?.replace('root-', '') ?? name;
      const gpus = state.gpus.filter((gpu) => gpu.host === host).map(gpuRp);
      return later([{ id: rpOf(host), name: host }, ...gpus.map((name) => ({ id: name, name }))]);
    },
    inventories: (id: string) => {
      const gpu = state.gpus.find((one) => gpuRp(one) === id);
      return later(gpu === undefined ? { VCPU: inventory(8) } : { VGPU: inventory(gpu.total) });
    },
    usages: (id: string) => later({ VGPU: state.mdevs.filter(({ gpu }) => gpuRp(gpu) === id).length }),
    traits: () => later([]),
    allocations: (id: string) => {
      const server = state.server(id);
      const gpus = state
        .allocatedMdevs(server)
        .map(({ gpu }) => ({ providerId: gpuRp(gpu), resources: { VGPU: 1 } }));
      const roots = [server.host, ...state.evacuations.leftBy(server)].map((host) => ({
        providerId: rpOf(host),
        resources: { VCPU: 1 },
      }));
      return later([...roots, ...gpus]);
    },
  };
}

/** Nova's database of the made-up cloud. */
export function fakeDatabase(state: FakeState) {
  const nodeId = (host: string): number => state.hosts.findIndex((name) => name === host) + 1;
  const cell = { uuid: 'cell1' };
  const rows = () =>
    state.devices.map((one) => ({
      ...one,
      cell,
      computeNodeId: nodeId(one.host),
      numaNode: 0,
      parentAddress: null,
      extraInfo: { mac_address: one.mac },
    }));
  const requestsOf = (id: string) => ({ pciRequests: state.requestsOf(state.server(id)) });
  return {
    pciDevices: ({ instanceUuid, host }: { instanceUuid?: string; host?: string }) =>
      later(
        rows().filter(
          (row) =>
            (instanceUuid === undefined || row.instanceUuid === instanceUuid) &&
            (host === undefined || row.host === host),
        ),
      ),
    computeNodes: ({ host }: { host?: string }) =>
      later(
        state.hosts
          .filter((name) => host === undefined || name === host)
          .map((name) => ({
            id: nodeId(name),
            cell,
            host: name,
            hypervisorHostname: name,
            uuid: rpOf(name),
            pciPools: pools(state, name),
          })),
      ),
    extra: (id: string) =>
      later({
        ...requestsOf(id),
        resources: [],
        numaTopology: null,
        flavors: { current: { extraSpecs: state.server(id).specs } },
      }),
    migrations: (filter: { instanceUuid?: string }) => state.evacuations.migrations(filter),
    numaTopology: (id: string) => later(state.numa.topologyOf(id)),
    requestSpec: (id: string) => later(requestsOf(id)),
  };
}

function pools(state: FakeState, host: string) {
  return state.devices
    .filter((one) => one.host === host && one.status === 'available')
    .map(({ type, network }) => ({
      vendorId: '8086',
      productId: '154c',
      numaNode: 0,
      count: 1,
      tags: { dev_type: type, ...(network === null ? {} : { physical_network: network }) },
    }));
}

function inventory(total: number) {
  return { total, reserved: 0 };
}
