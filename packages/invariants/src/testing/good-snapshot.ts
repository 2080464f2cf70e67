import { CpuSet } from '@whitebox/core';
import type {
  BlockDeviceRow,
  ComputeNodeRow,
  EmbeddedFlavor,
  InstanceExtra,
  InstanceNumaCell,
  InstanceNumaTopology,
  InstanceRow,
  RequestSpec,
  ServiceRow,
} from '@whitebox/db';
import type { CpuTopology, PciFunction, QemuThread, QemuThreads } from '@whitebox/kernel';
import { parseDomain } from '@whitebox/libvirt-xml';
import type {
  GuestSnapshot,
  HostConfig,
  HostSnapshot,
  PortSnapshot,
  Provider,
  Snapshot,
} from '../snapshot.js';
import { floatingXml, numaXml, volumeId } from './domain-xml.js';

/** The same, to be changed. */
export type Loose<T> = T extends CpuSet | Date | ((...args: never) => unknown)
  ? T
  : T extends ReadonlyMap<infer K, infer V>
    ? Map<K, Loose<V>>
    : T extends ReadonlySet<infer E>
      ? Set<E>
      : T extends readonly (infer E)[]
        ? Loose<E>[]
        : T extends object
          ? { -readonly [P in keyof T]: Loose<T[P]> }
          : T;

type Full<T> = { [P in keyof T]-?: Exclude<T[P], undefined> };

/** A snapshot in which everything was read. */
export type FullSnapshot = Loose<
  Omit<Full<Snapshot>, 'guests' | 'hosts'> & { guests: Full<GuestSnapshot>[]; hosts: Full<HostSnapshot>[] }
>;

export const numaId = '11111111-1111-4111-8111-111111111111';
export const floatingId = '22222222-2222-4222-8222-222222222222';
export const rootId = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
export const now = new Date('2026-11-23T02:00:00Z');

const cell = { uuid: 'cccccccc-cccc-4ccc-8ccc-cccccccccccc', name: 'cell1', disabled: false };
const common = { cell: cell as InstanceRow['cell'], createdAt: now, updatedAt: now };

/** Two cells of four CPUs, two shared and two dedicated ones each; a pinned guest with hugepages and one that floats. */
export function goodSnapshot(): FullSnapshot {
  const guests = [pinnedGuest(), floatingGuest()];
  const host: Full<HostSnapshot> = {
    name: 'compute1',
    computeNode: computeNode(),
    service: {
      ...common,
      id: 1,
      uuid: null,
      host: 'compute1',
      binary: 'nova-compute',
      disabled: false,
      disabledReason: null,
      forcedDown: false,
      version: 66,
      reportCount: 7,
      lastSeenUp: now,
    } satisfies ServiceRow,
    instances: guests.flatMap(({ instance }) => instance ?? []),
    extras: guests.flatMap(({ extra }) => extra ?? []),
    pciDevices: [],
    mappedCell: cell.uuid,
    config: config(),
    domains: guests.flatMap(({ uuid, live }) =>
      live === null ? [] : [{ uuid, name: live.name, state: 'running', xml: live }],
    ),
    cpus: cpus(),
    numaCells: [0, 1].map((id) => ({
      id,
      cpus: nodeCpus(id),
      memoryKib: 1024 * 1024,
      freeKib: 1024,
      hugepages: new Map([[2048, { total: 128, free: 64, surplus: 0 }]]),
      distances: new Map(),
    })),
    providers: [root()],
    secrets: [],
    pciFunctions: [physicalFunction, virtualFunction],
    configFiles: [{ path: '/etc/nova/nova.conf', modifiedAt: new Date('2026-11-22T12:00:00Z') }],
  };
  return structured({ takenAt: now, novaVersions: [26], guests, hosts: [host], migrations: [] });
}

/** An Intel 82599 and one of its virtual functions, as /sys has them while a guest has the latter. */
const physicalFunction: PciFunction = {
  address: '0000:81:00.0',
  vendorId: '8086',
  productId: '10fb',
  numaNode: 0,
  totalVfs: 63,
  physicalFunction: undefined,
  driver: 'ixgbe',
  netDevices: ['enp129s0f0'],
  vdpaDevices: [],
};
const virtualFunction: PciFunction = {
  ...physicalFunction,
  address: '0000:81:00.1',
  productId: '10ed',
  totalVfs: 0,
  physicalFunction: '0000:81:00.0',
  driver: 'vfio-pci',
  netDevices: [],
};

/** The other host of a cloud of two, with nothing on it. */
export function emptyHost(name: string): FullSnapshot['hosts'][number] {
  const [host] = goodSnapshot().hosts;
  if (host === undefined) throw new Error('no host');
  const node = host.computeNode;
  for (const one of node?.numaTopology?.cells ?? [])
    Object.assign(one, {
      pinnedCpus: CpuSet.empty,
      memoryUsageMiB: 0,
      cpuUsage: 0,
      pages: one.pages.map((pages) => ({ ...pages, used: 0 })),
    });
  return {
    ...host,
    name,
    computeNode: node === null ? null : { ...node, host: name, hypervisorHostname: name, uuid: name },
    instances: [],
    extras: [],
    domains: [],
    providers: host.providers.map((provider) => ({ ...provider, id: name, name, allocations: {} })),
  };
}

/** Of values that are shared in no place, so that a test changes just what it names. */
function structured(snapshot: unknown): FullSnapshot {
  const copy = (value: unknown): unknown => {
    if (value instanceof CpuSet || value instanceof Date) return value;
    if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, copy(each)]));
    if (value instanceof Set) return new Set(value);
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copy(each)]));
  };
  return copy(snapshot) as FullSnapshot;
}

function nodeCpus(id: number): CpuSet {
  return CpuSet.of(4 * id, 4 * id + 1, 4 * id + 2, 4 * id + 3);
}

function instance(uuid: string, id: number): InstanceRow {
  return {
    ...common,
    id,
    uuid,
    displayName: `vm${id}`,
    hostname: `vm${id}`,
    projectId: 'p',
    userId: 'u',
    host: 'compute1',
    node: 'compute1',
    computeId: null,
    vmState: 'active',
    taskState: null,
    powerState: 'running',
    vcpus: 2,
    memoryMiB: 128,
    rootGiB: 1,
    ephemeralGiB: 0,
    imageRef: 'image',
    availabilityZone: 'nova',
    launchedAt: now,
    terminatedAt: null,
  };
}

function flavor(vcpus: number, extraSpecs: Readonly<Record<string, string>>): EmbeddedFlavor {
  return {
    id: vcpus,
    flavorId: `flavor${vcpus}`,
    name: 'flavor',
    vcpus,
    memoryMiB: 128,
    rootGiB: 1,
    ephemeralGiB: 0,
    swapMiB: 0,
    extraSpecs,
  };
}

function topology(pins: readonly (readonly [number, number])[]): InstanceNumaTopology {
  const one: InstanceNumaCell = {
    id: 0,
    cpuset: CpuSet.empty,
    pcpuset: CpuSet.of(0, 1),
    cpuPinning: new Map(pins),
    cpusetReserved: CpuSet.empty,
    memoryMiB: 128,
    pagesizeKiB: 2048,
    pagesizeWish: null,
    cpuPolicy: 'dedicated',
    cpuThreadPolicy: null,
    version: '1.6',
  };
  return { cells: [one], emulatorThreadsPolicy: null, version: '1.3', raw: {} };
}

function extra(
  uuid: string,
  numaTopology: InstanceNumaTopology | null,
  current: EmbeddedFlavor,
): InstanceExtra {
  return {
    instanceUuid: uuid,
    numaTopology,
    pciRequests: [],
    flavors: { current, old: null, new: null },
    migrationContext: null,
    resources: [],
  };
}

function requestSpec(numaTopology: InstanceNumaTopology | null, asked: EmbeddedFlavor): RequestSpec {
  return {
    numaTopology,
    pciRequests: [],
    flavor: asked,
    availabilityZone: null,
    numInstances: 1,
    version: '1.14',
    raw: {},
  };
}

function pinnedGuest(): Full<GuestSnapshot> {
  const domain = parseDomain(numaXml(numaId));
  const asked = flavor(2, { 'hw:cpu_policy': 'dedicated', 'hw:mem_page_size': '2048' });
  return {
    uuid: numaId,
    name: 'vm1',
    instance: instance(numaId, 1),
    extra: extra(
      numaId,
      topology([
        [0, 2],
        [1, 3],
      ]),
      asked,
    ),
    requestSpec: requestSpec(topology([]), asked),
    blockDevices: [],
    systemMetadata: new Map(),
    mappedCell: cell.uuid,
    allocations: [{ providerId: rootId, resources: { PCPU: 2, MEMORY_MB: 128, DISK_GB: 1 } }],
    live: domain,
    inactive: parseDomain(numaXml(numaId)),
    threads: threads([CpuSet.of(2), CpuSet.of(3)], CpuSet.of(2, 3)),
    memory: [
      {
        backend: 'ram-node0',
        sizeKib: 131072,
        pageSizeKib: 2048,
        pages: new Map([[0, 64]]),
        mappings: [
          {
            address: '7f00',
            sizeKib: 131072,
            permissions: 'rw-s',
            policy: 'bind',
            policyNodes: CpuSet.of(0),
            file: undefined,
            pageSizeKib: 2048,
            pages: new Map([[0, 64]]),
          },
        ],
      },
    ],
    files: { named: new Map(), open: new Set() },
    ports: [port()],
    attachments: [],
    keys: new Map(),
  };
}

/** A plain port of Open vSwitch. */
function port(): PortSnapshot {
  return {
    id: '44444444-4444-4444-8444-444444444444',
    mac: 'fa:16:3e:00:00:01',
    vnicType: 'normal',
    vifType: 'ovs',
    bindingHost: 'compute1',
    pciSlot: undefined,
    pciVendorInfo: undefined,
    vlan: undefined,
  };
}

function floatingGuest(): Full<GuestSnapshot> {
  const asked = flavor(1, {});
  const volume: BlockDeviceRow = {
    ...common,
    id: 1,
    instanceUuid: floatingId,
    deviceName: '/dev/vda',
    sourceType: 'volume',
    destinationType: 'volume',
    volumeId,
    attachmentId: 'attachment',
    bootIndex: 0,
    encryptionSecretUuid: null,
  };
  const shared = CpuSet.of(0, 1, 4, 5);
  return {
    uuid: floatingId,
    name: 'vm2',
    instance: instance(floatingId, 2),
    extra: extra(floatingId, null, asked),
    requestSpec: requestSpec(null, asked),
    blockDevices: [volume],
    systemMetadata: new Map(),
    mappedCell: cell.uuid,
    allocations: [{ providerId: rootId, resources: { VCPU: 1, MEMORY_MB: 128 } }],
    live: parseDomain(floatingXml(floatingId)),
    inactive: parseDomain(floatingXml(floatingId)),
    threads: threads([shared], shared),
    memory: [],
    files: {
      named: new Map([['/var/lib/nova/mnt/volume', '65025:7']]),
      open: new Set<`${number}:${number}`>(['65025:7']),
    },
    ports: [],
    attachments: [{ id: 'attachment', volumeId, status: 'attached' }],
    keys: new Map(),
  };
}

function threads(vcpus: readonly CpuSet[], emulator: CpuSet): QemuThreads {
  const thread = (tid: number, role: QemuThread['role'], allowedCpus: CpuSet): QemuThread => ({
    tid,
    name: role.kind,
    role,
    allowedCpus,
    allowedNodes: CpuSet.of(0, 1),
    policy: 'other',
    priority: 0,
    nice: 0,
  });
  const main = thread(100, { kind: 'emulator' }, emulator);
  const all = vcpus.map((cpus, index) => thread(101 + index, { kind: 'vcpu', index }, cpus));
  return {
    process: {} as QemuThreads['process'],
    threads: [main, ...all],
    vcpus: new Map(all.map((one, index) => [index, one])),
    ioThreads: new Map(),
    emulator: [main],
  };
}

function config(): HostConfig {
  return {
    startedAt: new Date('2026-11-23T00:00:00Z'),
    sharedSet: CpuSet.of(0, 1, 4, 5),
    dedicatedSet: CpuSet.of(2, 3, 6, 7),
    cpuPowerManagement: false,
    cpuPowerStrategy: 'cpu_state',
    governorLow: 'powersave',
    governorHigh: 'performance',
    realtimePriority: 1,
    fileBackedMemoryMib: 0,
    reservedHostMemoryMib: 512,
    updateResourcesIntervalS: 60,
    syncPowerStateIntervalS: 600,
  };
}

function cpus(): CpuTopology {
  const all = CpuSet.parse('0-7', 'kernel');
  return {
    online: all,
    offline: CpuSet.empty,
    possible: all,
    isolated: CpuSet.empty,
    cpus: new Map(
      [...all].map((id) => {
        const numaNode = Math.floor(id / 4);
        const siblings = CpuSet.of(id - (id % 2), id - (id % 2) + 1);
        return [
          id,
          { id, socket: numaNode, die: 0, core: Math.floor(id / 2), siblings, numaNode, governor: undefined },
        ];
      }),
    ),
  };
}

function computeNode(): ComputeNodeRow {
  const cells = [0, 1].map((id) => ({
    id,
    cpuset: CpuSet.of(4 * id, 4 * id + 1),
    pcpuset: CpuSet.of(4 * id + 2, 4 * id + 3),
    pinnedCpus: id === 0 ? CpuSet.of(2, 3) : CpuSet.empty,
    cpuUsage: 0,
    memoryMiB: 1024,
    memoryUsageMiB: id === 0 ? 128 : 0,
    siblings: [CpuSet.of(4 * id, 4 * id + 1), CpuSet.of(4 * id + 2, 4 * id + 3)],
    socket: id,
    pages: [
      { sizeKiB: 4, total: 200_000, used: 0, reserved: 0 },
      { sizeKiB: 2048, total: 128, used: id === 0 ? 64 : 0, reserved: 0 },
    ],
    physnets: [],
    tunneled: false,
    version: '1.5',
  }));
  return {
    ...common,
    id: 1,
    uuid: rootId,
    host: 'compute1',
    hypervisorHostname: 'compute1',
    hostIp: null,
    hypervisorType: 'QEMU',
    hypervisorVersion: 7,
    vcpus: 8,
    vcpusUsed: 3,
    memoryMiB: 2048,
    memoryUsedMiB: 768,
    localGiB: 10,
    localUsedGiB: 1,
    cpuAllocationRatio: 16,
    ramAllocationRatio: 1,
    diskAllocationRatio: 1,
    runningVms: 2,
    mapped: true,
    numaTopology: { cells, version: '1.2', raw: {} },
    pciPools: [],
    stats: {},
  };
}

function root(): Provider {
  const inventory = (total: number, allocationRatio = 1): Provider['inventories'][string] => ({
    total,
    reserved: 0,
    allocationRatio,
  });
  return {
    id: rootId,
    name: 'compute1',
    parentId: null,
    inventories: {
      VCPU: inventory(4, 16),
      PCPU: inventory(4),
      MEMORY_MB: inventory(2048),
      DISK_GB: inventory(10),
    },
    traits: [],
    allocations: {
      [numaId]: { PCPU: 2, MEMORY_MB: 128, DISK_GB: 1 },
      [floatingId]: { VCPU: 1, MEMORY_MB: 128 },
    },
  };
}
