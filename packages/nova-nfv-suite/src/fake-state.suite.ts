import { randomUUID } from 'node:crypto';
import { device, type FakeDevice } from './fake-devices.suite.js';
import { FakeEvacuations } from './fake-evacuation.suite.js';
import { FakeImages } from './fake-images.suite.js';
import { FakeNuma } from './fake-numa.suite.js';

export interface FakeGpu {
  readonly host: string;
  /** "0000:84:00.0" */
  readonly parent: string;
  total: number;
}

export interface FakeMdev {
  readonly uuid: string;
  gpu: FakeGpu;
  readonly serverId: string;
}

export interface FakePort {
  readonly id: string;
  mac: string;
  readonly vnicType: string;
  deviceId: string;
  host: string | null;
  slot: string | null;
  /** Which cells it asks for. */
  readonly numaPolicy?: string | undefined;
}

export interface FakeServer {
  readonly id: string;
  readonly name: string;
  status: string;
  host: string;
  specs: Readonly<Record<string, string>>;
  ports: string[];
  fault?: { readonly message: string };
  /** Host and flavor to which a revert goes back. */
  before: { readonly host: string; readonly specs: Readonly<Record<string, string>> } | undefined;
}

/** One thing that a server asks for. */
export interface FakeRequest {
  readonly requestId: string;
  readonly aliasName: string | null;
  readonly requesterId: string | null;
  readonly count: number;
  readonly numaPolicy: null;
}

export const vlan = 7;
const hosts = ['compute1', 'compute2'] as const;
const rowTypes: Readonly<Record<string, FakeDevice['type']>> = {
  direct: 'type-VF',
  macvtap: 'type-VF',
  'direct-physical': 'type-PF',
  vdpa: 'vdpa',
};

/** What a made-up Nova has written down: two computes, each with two devices of every kind and two GPUs. */
export class FakeState {
  readonly hosts = hosts;
  readonly devices: FakeDevice[] = hosts.flatMap((host, index) => [
    ...device(host, `${index}1`, 'type-PCI', null),
    ...device(host, `${index}2`, 'type-VF', 'physnet1'),
    ...device(host, `${index}3`, 'type-PF', 'physnet1'),
    ...device(host, `${index}4`, 'vdpa', 'physnet1'),
  ]);
  readonly gpus: FakeGpu[] = hosts.flatMap((host) =>
    ['0000:84:00.0', '0000:85:00.0'].map((parent) => ({ host, parent, total: 1 })),
  );
  readonly numa = new FakeNuma();
  readonly images = new FakeImages();
  readonly evacuations = new FakeEvacuations();
  mdevs: FakeMdev[] = [];
  mdevType = 'nvidia-35';
  readonly ports = new Map<string, FakePort>();
  readonly servers = new Map<string, FakeServer>();
  /** Changes what `virsh dumpxml` prints. */
  editXml: (xml: string, inactive: boolean, server: FakeServer) => string = (xml) => xml;

  server(id: string): FakeServer {
    const server = this.servers.get(id);
    if (server === undefined) throw new Error(`no server ${id}`);
    return server;
  }

  requestsOf({ id, specs, ports }: FakeServer): FakeRequest[] {
    const alias = specs['pci_passthrough:alias']?.split(':')[0];
    const request = { count: 1, numaPolicy: null };
    return [
      ...(alias === undefined
        ? []
        : [{ ...request, requestId: `${id}-alias`, aliasName: alias, requesterId: null }]),
      ...ports.map((port) => ({ ...request, requestId: port, aliasName: null, requesterId: port })),
    ];
  }

  /** Gives a server all that it asks for on a host. */
  claim(server: FakeServer, host: string): void {
    server.host = host;
    for (const { requestId, requesterId } of this.requestsOf(server)) {
      const port = requesterId === null ? undefined : this.ports.get(requesterId);
      const type = port === undefined ? 'type-PCI' : rowTypes[port.vnicType];
      const free = this.devices.find(
        (one) => one.host === host && one.type === type && one.status === 'available',
      );
      if (free === undefined) throw new Error(`No valid host was found: no ${String(type)} on ${host}`);
      Object.assign(free, { status: 'allocated', instanceUuid: server.id, requestId });
      if (port !== undefined) {
        Object.assign(port, { deviceId: server.id, host, slot: free.address });
        if (port.vnicType === 'direct-physical') port.mac = free.mac;
      }
    }
    if (server.specs['resources:VGPU'] !== undefined) {
      const gpu = this.gpus.find((one) => one.host === host && this.mdevs.every((mdev) => mdev.gpu !== one));
      if (gpu === undefined) throw new Error(`No valid host was found: no GPU on ${host}`);
      this.mdevs.push({ uuid: randomUUID(), gpu, serverId: server.id });
    }
  }

  /** Takes back what a server has on a host. */
  release({ id }: FakeServer, host: string, which: (device: FakeDevice) => boolean = () => true): void {
    for (const one of this.devices) {
      if (one.host === host && one.instanceUuid === id && which(one)) {
        Object.assign(one, { status: 'available', instanceUuid: null, requestId: null });
      }
    }
    this.mdevs = this.mdevs.filter((mdev) => mdev.serverId !== id || mdev.gpu.host !== host);
  }

  /** Ports of a server as after a move to the host on which it is. */
  rebind({ id, host, ports }: FakeServer): void {
    for (const portId of ports) {
      const row = this.devices.find(
        (one) => one.host === host && one.instanceUuid === id && one.requestId === portId,
      );
      const port = this.ports.get(portId);
      if (row === undefined || port === undefined) continue;
      Object.assign(port, { host, slot: row.address });
      if (port.vnicType === 'direct-physical') port.mac = row.mac;
    }
  }

  mdevsOf(server: FakeServer): FakeMdev[] {
    return this.mdevs.filter((mdev) => mdev.serverId === server.id && mdev.gpu.host === server.host);
  }

  /** Virtual GPUs that Placement has allocated to a server: on its host, and where it was until that hears of it. */
  allocatedMdevs(server: FakeServer): FakeMdev[] {
    const hosts = [server.host, ...this.evacuations.leftBy(server)];
    return this.mdevs.filter((mdev) => mdev.serverId === server.id && hosts.includes(mdev.gpu.host));
  }

  /** What libvirt of the server's host has of it. */
  xmlOf(server: FakeServer, inactive: boolean): string {
    const hex = (address: string): string => {
      const [domain = '', bus = '', slot = '', part = ''] = address.split(/[:.]/);
      return `<address type='pci' domain='0x${domain}' bus='0x${bus}' slot='0x${slot}' function='0x${part}'/>`;
    };
    const hostdev = (address: string): string =>
      `<hostdev mode='subsystem' type='pci' managed='yes'><source>${hex(address)}</source><alias name='hostdev0'/></hostdev>`;
    const devices = this.devices
      .filter(({ host, instanceUuid }) => host === server.host && instanceUuid === server.id)
      .map(({ address, requestId }) => {
        const port = this.ports.get(requestId ?? '');
        if (port === undefined || port.vnicType === 'direct-physical') return hostdev(address);
        const mac = `<mac address='${port.mac}'/><alias name='net0'/>`;
        const tag = `<vlan><tag id='${vlan}'/></vlan>`;
        if (port.vnicType === 'direct')
          return `<interface type='hostdev'>${mac}<source>${hex(address)}</source>${tag}</interface>`;
        if (port.vnicType === 'macvtap')
          return `<interface type='direct'>${mac}<source dev='vf0' mode='passthrough'/>${tag}</interface>`;
        return `<interface type='vdpa'>${mac}<source dev='/dev/vhost-vdpa-0'/><driver name='vhost' rx_queue_size='512'/></interface>`;
      });
    const mdevs = this.mdevsOf(server).map(
      ({ uuid }) =>
        `<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='${uuid}'/></source></hostdev>`,
    );
    const xml = `<domain type='kvm'><uuid>${server.id}</uuid><name>${server.name}</name><memory>131072</memory>${this.numa.xmlOf(server.id)}
      <os><type>hvm</type></os><devices>${[this.images.diskOf(server.id), ...devices, ...mdevs].join('')}</devices></domain>`;
    return this.editXml(xml, inactive, server);
  }
}
