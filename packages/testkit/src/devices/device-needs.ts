import type { Need } from '../needs.js';
import type { HostDevices, HostPool } from './host-devices.js';

export interface DevicesWanted {
  /** That no guest has, on each host; default 1. */
  readonly perHost?: number | undefined;
  /** On at least so many hosts; default 1. */
  readonly hosts?: number | undefined;
}

/** What a port takes: a virtual function (direct, macvtap), a whole card (direct-physical), or one with vDPA. */
const portDevices = {
  direct: { types: ['type-VF'], what: 'virtual functions of a physical network', hardware: 'SR-IOV NIC' },
  macvtap: { types: ['type-VF'], what: 'virtual functions of a physical network', hardware: 'SR-IOV NIC' },
  'direct-physical': {
    types: ['type-PF'],
    what: 'physical functions of a physical network',
    hardware: 'SR-IOV NIC',
  },
  vdpa: { types: ['vdpa'], what: 'vDPA devices of a physical network', hardware: 'vDPA NIC' },
} as const;

export type PortKind = keyof typeof portDevices;

/** Free devices for ports of a kind, all of one physical network. */
export function freePortDevices(kind: PortKind, wanted: DevicesWanted = {}): Need {
  const { what, hardware } = portDevices[kind];
  return perHost(
    wanted,
    { what, hardware, evidence: describePci },
    (host) => mostInOneNetwork(host, kind),
    (host) => host.known.get(portDevices[kind].types[0]) ?? 0,
  );
}

/** How many free devices for ports of a kind the network with most of them has. */
function mostInOneNetwork(host: HostDevices, kind: PortKind): number {
  const byNetwork = new Map<string, number>();
  for (const { physicalNetwork, count } of host.pools.filter((pool) => isFor(pool, kind))) {
    const name = physicalNetwork ?? '';
    byNetwork.set(name, (byNetwork.get(name) ?? 0) + count);
  }
  return Math.max(0, ...byNetwork.values());
}

/** Whether devices of a pool are for ports of a kind. */
export function isFor({ type, physicalNetwork }: HostPool, kind: PortKind): boolean {
  return physicalNetwork !== null && portDevices[kind].types.some((one) => one === type);
}

/** Free PCI devices that flavors ask for by an alias: those without a physical network. */
export function freePassthroughDevices(wanted: DevicesWanted = {}): Need {
  const free = ({ pools }: HostDevices): number =>
    pools.reduce((sum, { physicalNetwork, count }) => sum + (physicalNetwork === null ? count : 0), 0);
  const what = 'PCI devices for flavors';
  const hardware = 'PCI device for passthrough';
  return perHost(wanted, { what, hardware, evidence: describePci }, free, ({ known }) =>
    [...known.values()].reduce((sum, count) => sum + count, 0),
  );
}

/** Free virtual GPUs. */
export function freeVirtualGpus(wanted: DevicesWanted = {}): Need {
  const sum = (of: 'free' | 'total') => (host: HostDevices) =>
    host.gpus.reduce((all, gpu) => all + gpu[of], 0);
  return perHost(
    wanted,
    {
      what: 'virtual GPUs',
      hardware: 'GPU with virtual GPUs',
      evidence: ({ gpus, mdevTypes }) =>
        `${gpus.length} providers of VGPU, ${mdevTypes.length} types of mediated devices`,
    },
    sum('free'),
    sum('total'),
  );
}

/** Free namespaces of persistent memory of one label. */
export function freePersistentMemory(wanted: DevicesWanted = {}): Need {
  const most = (of: 'free' | 'total') => (host: HostDevices) =>
    Math.max(0, ...[...host.pmem.values()].map((each) => each[of]));
  return perHost(
    wanted,
    {
      what: 'namespaces of persistent memory of one label',
      hardware: 'persistent memory',
      evidence: ({ pmem }) =>
        [...pmem].map(([label, { free }]) => `${free} of ${label}`).join(' and ') ||
        'no CUSTOM_PMEM_NAMESPACE_* in Placement',
    },
    most('free'),
    most('total'),
  );
}

interface Described {
  readonly what: string;
  readonly hardware: string;
  readonly evidence: (host: HostDevices) => string;
}

function perHost(
  { perHost: count = 1, hosts: wanted = 1 }: DevicesWanted,
  { what, hardware, evidence }: Described,
  free: (host: HostDevices) => number,
  total: (host: HostDevices) => number,
): Need {
  return {
    text: `${wanted} ${wanted === 1 ? 'compute' : 'computes'} with ${count} free ${what}${wanted === 1 ? '' : ' each'}`,
    hardware,
    missing: async (found) => {
      const hosts = await found.hostDevices();
      const enough = (of: (host: HostDevices) => number): boolean =>
        hosts.filter((host) => of(host) >= count).length >= wanted;
      return enough(free)
        ? undefined
        : {
            evidence: hosts.map((host) => `${host.name}: ${evidence(host)}`).join('; ') || 'no compute',
            transient: enough(total),
          };
    },
  };
}

function describePci({ pools, known, deviceSpec }: HostDevices): string {
  const free = pools.map(
    ({ count, type, physicalNetwork }) =>
      `${count} free ${type}${physicalNetwork === null ? '' : ` of ${physicalNetwork}`}`,
  );
  if (free.length > 0) return free.join(' and ');
  const rows = [...known].map(([type, count]) => `${count} ${type}`).join(' and ') || 'no row in pci_devices';
  return `${rows}, [pci] device_spec ${deviceSpec.length === 0 ? 'unset' : deviceSpec.join(' ')}`;
}
