import { randomUUID } from 'node:crypto';
import { FakeHost } from '@whitebox/host/testing';
import { parseDomain } from '@whitebox/libvirt-xml';
import { readHostDevices, type CloudSession, type FlavorSpec } from '@whitebox/testkit';
import { later, needed } from './fake-answers.suite.js';
import { fakeDomains, fakeStopService } from './fake-evacuation.suite.js';
import { imageSources } from './fake-images.suite.js';
import { fakeDatabase } from './fake-layers.suite.js';
import { fakeOpenstack } from './fake-openstack.suite.js';
import type { FakeServer, FakeState } from './fake-state.suite.js';

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
  const openstack = fakeOpenstack(state, done, flavors);
  const database = fakeDatabase(state);

  const computes = state.hosts.map((name) => ({
    name,
    config: images.config,
    novaCompute: images.novaCompute,
    dedicated: state.numa.dedicated,
    numaCells: () => later(state.numa.cpus),
    machine: new FakeHost({ name }).on('sh', ({ argv }) => printedOn(state, name, argv)),
    virsh: {
      ...fakeDomains(state, name),
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
    stopService: fakeStopService(state, done),
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
            { database, placement: openstack.placement } as unknown as Parameters<typeof readHostDevices>[1],
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
