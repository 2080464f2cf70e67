import { CpuSet } from '@whitebox/core';
import type { MigrationRow, PciDeviceRow } from '@whitebox/db';
import { goodSnapshot, now, numaId, type FullSnapshot, type Loose } from './good-snapshot.js';

export type Guest = FullSnapshot['guests'][number];
export type HostOf = FullSnapshot['hosts'][number];

export function firstOf<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined) throw new Error('nothing there');
  return first;
}

export const of = {
  pinned: (s: FullSnapshot): Guest => firstOf(s.guests),
  floating: (s: FullSnapshot): Guest => firstOf(s.guests.slice(1)),
  host: (s: FullSnapshot): HostOf => firstOf(s.hosts),
  live: (guest: Guest): NonNullable<Guest['live']> => guest.live ?? fail(),
  extra: (guest: Guest): NonNullable<Guest['extra']> => guest.extra ?? fail(),
  instance: (guest: Guest): NonNullable<Guest['instance']> => guest.instance ?? fail(),
  topology: (guest: Guest) => of.extra(guest).numaTopology ?? fail(),
  cell: (guest: Guest) => firstOf(of.topology(guest).cells),
  flavor: (guest: Guest) => of.extra(guest).flavors?.current ?? fail(),
  node: (s: FullSnapshot) => of.host(s).computeNode ?? fail(),
  nodeCell: (s: FullSnapshot) => firstOf(of.node(s).numaTopology?.cells ?? []),
  root: (s: FullSnapshot) => firstOf(of.host(s).providers),
};

export function fail(): never {
  throw new Error('not in the good snapshot');
}

/** Changes XML in both of its forms, and in the list of the host's domains. */
export function everyXml(
  s: FullSnapshot,
  guest: Guest,
  change: (xml: NonNullable<Guest['live']>) => void,
): void {
  const domain = of.host(s).domains.find(({ uuid }) => uuid === guest.uuid);
  for (const xml of [guest.live, guest.inactive, domain?.xml])
    if (xml !== null && xml !== undefined) change(xml);
}

/** Changes instance_extra, of the guest and in the list of the host. */
export function everyExtra(
  s: FullSnapshot,
  guest: Guest,
  change: (extra: NonNullable<Guest['extra']>) => void,
): void {
  change(of.extra(guest));
  const other = of.host(s).extras.find(({ instanceUuid }) => instanceUuid === guest.uuid);
  if (other !== undefined && other !== guest.extra) change(other);
}

export function everyInstance(
  s: FullSnapshot,
  guest: Guest,
  change: (row: NonNullable<Guest['instance']>) => void,
): void {
  change(of.instance(guest));
  const other = of.host(s).instances.find(({ uuid }) => uuid === guest.uuid);
  if (other !== undefined) change(other);
}

export function migration(change: Partial<MigrationRow>): Loose<MigrationRow> {
  return {
    ...of.instance(of.pinned(goodSnapshot())),
    id: 5,
    uuid: '55555555-5555-4555-8555-555555555555',
    instanceUuid: numaId,
    type: 'live-migration',
    status: 'completed',
    inProgress: false,
    sourceCompute: 'compute2',
    sourceNode: 'compute2',
    destCompute: 'compute1',
    destNode: 'compute1',
    destComputeId: null,
    destHost: null,
    oldFlavorNumber: 1,
    newFlavorNumber: 1,
    crossCell: false,
    ...change,
  };
}

export function device(change: Partial<PciDeviceRow>): Loose<PciDeviceRow> {
  const { cell } = of.instance(of.pinned(goodSnapshot()));
  return {
    id: 1,
    cell,
    createdAt: now,
    updatedAt: now,
    uuid: null,
    computeNodeId: 1,
    address: '0000:81:00.1',
    vendorId: '8086',
    productId: '10ed',
    type: 'type-VF',
    status: 'available',
    label: null,
    deviceId: null,
    instanceUuid: null,
    requestId: null,
    numaNode: 0,
    parentAddress: '0000:81:00.0',
    extraInfo: {},
    ...change,
  };
}

export const request = {
  count: 1,
  spec: [],
  aliasName: 'nic',
  requestId: 'r1',
  requesterId: null,
  numaPolicy: 'required',
};

/** A device that the pinned guest has asked for and has. */
export function withDevice(s: FullSnapshot): Loose<PciDeviceRow> {
  const guest = of.pinned(s);
  everyExtra(s, guest, (extra) => (extra.pciRequests = [{ ...request }]));
  if (guest.requestSpec !== null) guest.requestSpec.pciRequests = [{ ...request }];
  const row = device({ status: 'allocated', instanceUuid: numaId, requestId: 'r1' });
  of.host(s).pciDevices = [row];
  everyXml(s, guest, (xml) => (xml.devices.hostdevs = [hostdev({ hostPci: row.address })]));
  return row;
}

export type HostdevOf = NonNullable<Guest['live']>['devices']['hostdevs'][number];

export function hostdev(change: Partial<HostdevOf>): HostdevOf {
  return {
    alias: undefined,
    address: undefined,
    mode: 'subsystem',
    type: 'pci',
    managed: true,
    model: undefined,
    driver: undefined,
    source: undefined,
    hostPci: undefined,
    mdevUuid: undefined,
    display: undefined,
    ramfb: undefined,
    ...change,
  };
}

/** The pinned guest with its first vCPU floating. */
export function mixed(s: FullSnapshot, pin: CpuSet): void {
  const guest = of.pinned(s);
  everyExtra(s, guest, ({ numaTopology }) => {
    const cell = firstOf(numaTopology?.cells ?? []);
    Object.assign(cell, {
      cpuset: CpuSet.of(0),
      pcpuset: CpuSet.of(1),
      cpuPolicy: 'mixed',
      cpuPinning: new Map([[1, 3]]),
    });
  });
  Object.assign(firstOf(guest.requestSpec?.numaTopology?.cells ?? []), {
    cpuset: CpuSet.of(0),
    pcpuset: CpuSet.of(1),
    cpuPolicy: 'mixed',
  });
  everyXml(s, guest, ({ cpuTune }) => {
    cpuTune.vcpuPins.set(0, pin);
    cpuTune.emulatorPin = pin.union([3]);
  });
  const threads = guest.threads ?? fail();
  (threads.vcpus.get(0) ?? fail()).allowedCpus = pin;
  for (const thread of threads.emulator) thread.allowedCpus = pin.union([3]);
  Object.assign(of.nodeCell(s), { pinnedCpus: CpuSet.of(3), cpuUsage: 1 });
  const amounts = { VCPU: 1, PCPU: 1, MEMORY_MB: 128, DISK_GB: 1 };
  firstOf(guest.allocations).resources = amounts;
}

export function moveThreads({ threads }: Guest, cpus: CpuSet): void {
  for (const thread of [...(threads?.vcpus.values() ?? []), ...(threads?.emulator ?? [])])
    thread.allowedCpus = cpus;
}

/** A second guest's instance_extra, with CPU 2 of the pinned one. */
export function rivalExtra(): NonNullable<Guest['extra']> {
  const other = of.pinned(goodSnapshot());
  const cell = of.cell(other);
  cell.cpuPinning = new Map([[0, 2]]);
  return of.extra(other);
}

export function requirePolicy(s: FullSnapshot): void {
  everyExtra(
    s,
    of.pinned(s),
    ({ numaTopology }) => (firstOf(numaTopology?.cells ?? []).cpuThreadPolicy = 'require'),
  );
  firstOf(of.pinned(s).requestSpec?.numaTopology?.cells ?? []).cpuThreadPolicy = 'require';
}

export function pool(): NonNullable<HostOf['computeNode']>['pciPools'][number] {
  return { vendorId: '8086', productId: '10ed', numaNode: 0, count: 1, tags: { dev_type: 'type-VF' } };
}
