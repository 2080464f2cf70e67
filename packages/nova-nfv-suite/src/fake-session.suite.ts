import { randomUUID } from 'node:crypto';
import { FakeHost } from '@whitebox/host/testing';
import { parseDomain } from '@whitebox/libvirt-xml';
import { readHostDevices, type CloudSession, type FlavorSpec } from '@whitebox/testkit';
import { imageSources } from './fake-images.suite.js';
import { vlan, type FakePort, type FakeServer, type FakeState } from './fake-state.suite.js';

type Parameters1<T> = T extends (first: infer A, ...rest: never[]) => unknown ? A : never;

/**
 * As much of a session as the cases of devices use, over a made-up Nova.
 *
 * @param done told each thing that was done, right after it: a test breaks something there
 */
export function fakeSession(
  state: FakeState,
  done: (action: string, server: FakeServer) => void,
): CloudSession {
  const flavors = new Map<string, Readonly<Record<string, string>>>();
  const sizes = new Map<string, number>();
  const images = imageSources(state);
  let names = 0;
  const later = <T>(value: T): Promise<T> => Promise.resolve(value);
  const other = (host: string): string => state.hosts.find((name) => name !== host) ?? host;
  const shown = ({ id, name, status, host, fault }: FakeServer) => ({
    id,
    name,
    status,
    host,
    instanceName: name,
    fault: fault ?? null,
  });

  const simple = (action: string, status: string) => (id: string) => {
    const server = state.server(id);
    server.status = status;
    done(action, server);
    return later(shown(server));
  };
  const move = (server: FakeServer, to: string, specs = server.specs): void => {
    server.before = { host: server.host, specs: server.specs };
    server.specs = specs;
    state.claim(server, to);
    server.status = 'VERIFY_RESIZE';
  };
  const actions = {
    hardReboot: simple('hard-reboot', 'ACTIVE'),
    stop: simple('stop', 'SHUTOFF'),
    start: simple('start', 'ACTIVE'),
    suspend: simple('suspend', 'SUSPENDED'),
    resume: simple('resume', 'ACTIVE'),
    coldMigrate: (id: string, to?: string) => {
      const server = state.server(id);
      move(server, to ?? other(server.host));
      return simple('cold-migrate', 'VERIFY_RESIZE')(id);
    },
    resize: (id: string, flavorId: string) => {
      const server = state.server(id);
      move(server, other(server.host), flavors.get(flavorId) ?? {});
      return simple('resize', 'VERIFY_RESIZE')(id);
    },
    confirmResize: (id: string) => {
      const server = state.server(id);
      state.release(server, server.before?.host ?? '');
      return simple('confirm-resize', 'ACTIVE')(id);
    },
    revertResize: (id: string) => {
      const server = state.server(id);
      state.release(server, server.host);
      Object.assign(server, server.before);
      state.rebind(server);
      return simple('revert-resize', 'ACTIVE')(id);
    },
    liveMigrate: async (id: string, { host: to }: { host?: string }) => {
      const server = state.server(id);
      const from = server.host;
      state.claim(server, to ?? other(from));
      state.release(server, from);
      return { server: await simple('live-migrate', 'ACTIVE')(id) };
    },
    delete: (id: string) => {
      const server = state.server(id);
      for (const host of state.hosts) state.release(server, host);
      state.numa.release(id);
      done('delete', server);
      state.servers.delete(id);
      return later(undefined);
    },
  };

  const rpOf = (host: string): string => `root-${host}`;
  const gpuRp = ({ host, parent }: { host: string; parent: string }): string =>
    `${host}_pci_${parent.replace(/[:.]/g, '_')}`;
  const placement = {
    providers: ({ inTree = '' }: { inTree?: string }) => {
      const host = inTree.replace('root-', '');
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
        .mdevsOf(server)
        .map(({ gpu }) => ({ providerId: gpuRp(gpu), resources: { VGPU: 1 } }));
      return later([{ providerId: rpOf(server.host), resources: { VCPU: 1 } }, ...gpus]);
    },
  };
  const portShown = ({ id, mac, vnicType, deviceId, host, slot }: FakePort) => ({
    id,
    mac,
    vnicType,
    deviceId,
    status: 'ACTIVE',
    networkId: 'net',
    bindingHost: host,
    bindingProfile: slot === null ? {} : { pci_slot: slot },
  });
  const openstack = {
    actions,
    placement,
    images: { show: images.show },
    network: {
      ports: ({ deviceId }: { deviceId: string }) =>
        later([...state.ports.values()].filter((port) => port.deviceId === deviceId).map(portShown)),
      port: (id: string) => later(portShown(needed(state.ports.get(id)))),
      network: () => later({ providerType: 'vlan', segmentationId: vlan }),
      createSubnet: () => later({ id: 'subnet' }),
    },
    compute: {
      servers: {
        show: (id: string) => later(shown(state.server(id))),
        attachPort: (id: string, portId: string) => {
          const server = state.server(id);
          const before = server.ports;
          Object.assign(server, { ports: [portId], specs: {} });
          state.claim(server, server.host);
          server.ports = [...before, portId];
          done('attach-port', server);
          return later(undefined);
        },
        detachPort: (id: string, portId: string) => {
          const server = state.server(id);
          state.release(server, server.host, ({ requestId }) => requestId === portId);
          server.ports = server.ports.filter((one) => one !== portId);
          Object.assign(needed(state.ports.get(portId)), { deviceId: '', host: null, slot: null });
          done('detach-port', server);
          return later(undefined);
        },
      },
    },
    waitForServer: (id: string, { status }: { status: string | readonly string[] }) => {
      const server = state.server(id);
      if (server.fault !== undefined && !status.includes('ERROR')) throw new Error(server.fault.message);
      return later(shown(server));
    },
  };

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
  const database = {
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
    numaTopology: (id: string) => later(state.numa.topologyOf(id)),
    requestSpec: (id: string) => later(requestsOf(id)),
  };

  const computes = state.hosts.map((name) => ({
    name,
    config: images.config,
    novaCompute: images.novaCompute,
    dedicated: state.numa.dedicated,
    numaCells: () => later(state.numa.cpus),
    machine: new FakeHost({ name }).on('sh', ({ argv }) => printedOn(state, name, argv)),
    virsh: {
      domain: (domain: string, { inactive = false }: { inactive?: boolean } = {}) => {
        const server = [...state.servers.values()].find((one) => one.name === domain && one.host === name);
        return later(parseDomain(state.xmlOf(needed(server), inactive)));
      },
    },
  }));
  const options: Readonly<Record<string, unknown>> = {
    pci_passthrough_alias: 'a1',
    rx_queue_size: 512,
    rbd_download: true,
    socket_topology: state.numa.sockets,
    vgpu_type_mapping: new Map([['CUSTOM_A', 'nvidia-35']]),
  };
  const resources = {
    flavor: (name: string, { vcpus, extraSpecs = {} }: FlavorSpec) => {
      flavors.set(name, extraSpecs);
      sizes.set(name, vcpus);
      return later(name);
    },
    image: (name: string, { properties }: { properties: Readonly<Record<string, string>> }) => {
      state.images.add(name, properties);
      return later(name);
    },
    network: () => later('net'),
    port: ({ vnicType, extra }: { vnicType: string; extra?: { numa_affinity_policy?: string } }) => {
      const id = randomUUID();
      const mac = `fa:16:3e:00:00:0${state.ports.size}`;
      state.ports.set(id, {
        id,
        mac,
        vnicType,
        deviceId: '',
        host: null,
        slot: null,
        numaPolicy: extra?.numa_affinity_policy,
      });
      return later(id);
    },
    server: (asked: {
      name: string;
      flavorId: string;
      imageId?: string;
      host?: string;
      networks: unknown;
    }) => {
      const ports = Array.isArray(asked.networks) ? (asked.networks as { portId: string }[]) : [];
      const server: FakeServer = {
        id: randomUUID(),
        name: asked.name,
        status: 'ACTIVE',
        host: '',
        specs: flavors.get(asked.flavorId) ?? {},
        ports: ports.map(({ portId }) => portId),
        before: undefined,
      };
      state.servers.set(server.id, server);
      const host = asked.host ?? state.hosts[0];
      try {
        if (server.specs['hw:cpu_policy'] === 'dedicated') {
          state.numa.place(server.id, host, sizes.get(asked.flavorId) ?? 1, {
            port: state.ports.get(server.ports[0] ?? '')?.numaPolicy,
            flavor: server.specs['hw:pci_numa_affinity_policy'],
            image: state.images.propertiesOf(asked.imageId)['hw_pci_numa_affinity_policy'],
          });
        }
        state.claim(server, host);
        state.images.copyTo(host, asked.imageId);
      } catch (error) {
        Object.assign(server, { status: 'ERROR', fault: { message: String(error) } });
      }
      done('boot', server);
      return later(server.id);
    },
  };
  const session = {
    openstack,
    database,
    computes,
    resources,
    observers: [],
    changeComputes: images.changeComputes,
    refreshComputes: () => later(undefined),
    maxMicroversion: '2.93',
    release: { majorVersions: [26], atLeast: () => false },
    compute: (name: string) => needed(computes.find((one) => one.name === name)),
    nextName: () => `fake-${(names += 1)}`,
    images: () => later({ imageId: 'image' }),
    capacity: () => later(computes.map(({ name }) => ({ name, cells: state.numa.capacity(name) }))),
    hostDevices: () =>
      Promise.all(
        computes.map((compute) =>
          readHostDevices(
            compute as unknown as Parameters1<typeof readHostDevices>,
            { database, placement } as unknown as Parameters<typeof readHostDevices>[1],
          ),
        ),
      ),
    options: {
      get: (_: string, key: string) => later(options[key]),
      explain: (_: string, key: string) => later({ value: options[key], origin: 'here' }),
    },
  };
  return session as unknown as CloudSession;
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

/** What a script prints: the one that reads threads, the one that reads CPUs, or the one that reads mediated devices. */
function printedOn(
  state: FakeState,
  host: string,
  [, , script = '', , , domain = '']: readonly string[],
): string {
  if (script.includes('task/')) {
    const server = [...state.servers.values()].find((one) => one.name === domain && one.host === host);
    return state.numa.threadsOf(needed(server).id, domain);
  }
  return script.includes('/cpu/online') ? state.numa.cpuFiles() : mdevsIn(state, host);
}

function mdevsIn(state: FakeState, host: string): string {
  const devices = state.mdevs
    .filter(({ gpu }) => gpu.host === host)
    .map(({ uuid, gpu }) => `device /sys/devices/pci0000:80/${gpu.parent}/${uuid} ${state.mdevType}`);
  const types = state.gpus
    .filter((gpu) => gpu.host === host)
    .map(({ parent }) => `type ${parent} nvidia-35 1`);
  return [...devices, ...types].join('\n');
}

function inventory(total: number) {
  return { total, reserved: 0 };
}

function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The made-up cloud has no such thing.');
  return value;
}
