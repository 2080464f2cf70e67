import { parseDomain } from '@whitebox/libvirt-xml';
import { describe, expect, it } from 'vitest';
import { matchers } from '../matchers.js';
import type { DeviceEvidence, DevicePort, DeviceRow, XmlDevices } from './device-evidence.js';
import { DevicePlacement } from './device-placement.js';

// Constructed after what Nova writes: nova/virt/libvirt/config.py and its tests. Each bad one is what Nova once left behind.

function xml(...devices: readonly string[]): XmlDevices {
  return parseDomain(
    `<domain type='kvm'><uuid>4b20d080-1b54-4048-85b3-a6a62d165c01</uuid><name>instance-1</name>
     <memory>131072</memory><vcpu>1</vcpu><os><type>hvm</type></os><devices>${devices.join('')}</devices></domain>`,
  ).devices;
}
const pci = (bus: string): string =>
  `<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x${bus}' slot='0x00' function='0x0'/></source></hostdev>`;
const vf = (part: number, inner = "<vlan><tag id='7'/></vlan>", mac = 'fa:16:3e:00:00:01'): string =>
  `<interface type='hostdev' managed='yes'><mac address='${mac}'/><source><address type='pci' domain='0x0000' bus='0x81' slot='0x00' function='0x${part}'/></source>${inner}</interface>`;
const macvtap = (inner = "<vlan><tag id='7'/></vlan>"): string =>
  `<interface type='direct'><mac address='fa:16:3e:00:00:01'/><source dev='ens1f1v1' mode='passthrough'/>${inner}</interface>`;
const vdpa = `<interface type='vdpa'><mac address='fa:16:3e:00:00:01'/><source dev='/dev/vhost-vdpa-0'/></interface>`;
const mdev = (uuid: string): string =>
  `<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='${uuid}'/></source></hostdev>`;
const nvdimm = (path: string, sizeKib = 32768): string =>
  `<memory model='nvdimm' access='shared'><source><path>${path}</path><alignsize unit='KiB'>2048</alignsize><pmem/></source>
   <target><size unit='KiB'>${sizeKib}</size><node>0</node></target></memory>`;

const row = (address: string, change: Partial<DeviceRow> = {}): DeviceRow => ({
  address,
  type: 'type-PCI',
  status: 'allocated',
  requestId: 'r1',
  numaNode: 0,
  parentAddress: null,
  extraInfo: {},
  host: 'compute1',
  ...change,
});
const request = { count: 1, aliasName: 'a1', requestId: 'r1', requesterId: null, numaPolicy: null };
const compute = { providerId: 'root', providerName: 'compute1', resources: { PCPU: 1 } };

function layers(
  devices: readonly string[],
  change: Partial<DeviceEvidence> = {},
  again = devices,
): DevicePlacement {
  return new DevicePlacement({
    serverName: 'vm1',
    hostName: 'compute1',
    live: xml(...devices),
    inactive: xml(...again),
    rows: [],
    requests: [],
    specRequests: change.requests ?? [],
    flavorAliases: new Map(),
    resources: [],
    cells: null,
    ports: [],
    allocations: [compute],
    mdevs: [],
    namespaces: [],
    ...change,
  });
}

describe('the PCI devices of a guest', () => {
  const rows = [row('0000:81:00.0')];
  const asked: Partial<DeviceEvidence> = {
    rows,
    requests: [request],
    flavorAliases: new Map([['a1', 1]]),
  };

  it('agree', () => {
    const good = layers([pci('81')], asked);
    expect(good.disagreements()).toEqual([]);
    expect(good.pciAddresses).toEqual(['0000:81:00.0']);
    expect(good.rows).toHaveLength(1);
  });

  const gone = { ...asked, rows: [] };
  it.each<[string, string, DevicePlacement]>([
    [
      'F37, F38 a row of another compute that is still its own',
      'PCI device 0000:81:00.0 of compute0 is allocated to it, but it is on compute1',
      layers([pci('81')], { ...asked, rows: [...rows, row('0000:81:00.0', { host: 'compute0' })] }),
    ],
    [
      'F45, F52 a device without a row',
      'domain XML has PCI device 0000:81:00.0, the database has not',
      layers([pci('81')], gone),
    ],
    [
      'F52 a row that is free again',
      'PCI device 0000:81:00.0 of it is available in the database',
      layers([pci('81')], { ...asked, rows: [row('0000:81:00.0', { status: 'available' })] }),
    ],
    [
      'F47 a second device that nobody asked for',
      'alias a1 asks for 1 PCI devices, the database has 2',
      layers([pci('81'), pci('82')], { ...asked, rows: [...rows, row('0000:82:00.0')] }),
    ],
    [
      'F48 no device, neither in the XML nor in the database',
      'alias a1 asks for 1 PCI devices, the database has 0',
      layers([], gone),
    ],
    [
      'F48 no device in the XML',
      'the database has PCI device 0000:81:00.0, domain XML has not',
      layers([], asked),
    ],
    [
      'F49 the request of the old flavor',
      'PCI requests: flavor a2:1, instance_extra a1:1',
      layers([pci('81')], { ...asked, flavorAliases: new Map([['a2', 1]]) }),
    ],
    [
      'F49 the same for the scheduler alone',
      'PCI requests: flavor a1:1, request_specs none',
      layers([pci('81')], { ...asked, specRequests: [] }),
    ],
    [
      'F50 a device on a node where the guest is not',
      'PCI device 0000:81:00.0 is on node 0, its policy is required and the guest on 1',
      layers([pci('81')], { ...asked, cells: [1], requests: [{ ...request, numaPolicy: 'required' }] }),
    ],
    [
      'another one in the inactive XML',
      'PCI devices: domain XML 0000:81:00.0, inactive XML 0000:82:00.0',
      layers([pci('81')], asked, [pci('82')]),
    ],
    [
      'F47 less in Placement than in the database',
      'Placement allocates 0 of 0000:81:00.0, the database 1',
      layers([pci('81')], { ...asked, rows: [row('0000:81:00.0', { extraInfo: { rp_uuid: 'p' } })] }),
    ],
    [
      'an allocation of a device that it has not',
      'Placement allocates CUSTOM_X of compute1_0000:83:00.0, the database no device of it',
      layers([pci('81')], {
        ...asked,
        allocations: [
          compute,
          { providerId: 'q', providerName: 'compute1_0000:83:00.0', resources: { CUSTOM_X: 1 } },
        ],
      }),
    ],
    [
      'one that was given for no request',
      'PCI device 0000:82:00.0 was given for no request',
      layers([pci('81'), pci('82')], { ...asked, rows: [...rows, row('0000:82:00.0', { requestId: 'x' })] }),
    ],
  ])('%s', (_, said, bad) => {
    expect(bad.disagreements()).toContain(said);
    expect(matchers.toAgreeEverywhere(bad).pass).toBe(false);
  });
});

describe('a port that is a device of the host', () => {
  const port: DevicePort = {
    id: 'p1',
    mac: 'fa:16:3e:00:00:01',
    vnicType: 'direct',
    vlan: 7,
    host: 'compute1',
    pciSlot: '0000:81:00.1',
  };
  const of = (change: Partial<DevicePort> = {}, ofRow: Partial<DeviceRow> = {}): Partial<DeviceEvidence> => ({
    ports: [{ ...port, ...change }],
    rows: [row('0000:81:00.1', { type: 'type-VF', ...ofRow })],
    requests: [{ ...request, aliasName: null, requesterId: 'p1' }],
  });
  const card = { vnicType: 'direct-physical', pciSlot: '0000:81:00.0', mac: '3c:fd:fe:00:00:01' };
  const cardRow = {
    address: '0000:81:00.0',
    type: 'type-PF',
    extraInfo: { mac_address: '3C:FD:FE:00:00:01' },
  };

  it.each<[string, DevicePlacement]>([
    ['direct', layers([vf(1)], of())],
    ['macvtap', layers([macvtap()], of({ vnicType: 'macvtap' }))],
    ['vdpa', layers([vdpa], of({ vnicType: 'vdpa' }, { type: 'vdpa' }))],
    ['direct-physical', layers([pci('81')], of(card, cardRow))],
  ])('%s agrees', (_, good) => {
    expect(good.disagreements()).toEqual([]);
    expect(good.vacuous).toBeUndefined();
  });

  it.each<[string, string, DevicePlacement]>([
    [
      'F39 a profile with the old slot',
      'binding:profile has 0000:81:00.2, the database 0000:81:00.1',
      layers([vf(1)], of({ pciSlot: '0000:81:00.2' })),
    ],
    [
      'F39 an interface with the old slot',
      'domain XML has 0000:81:00.2, binding:profile 0000:81:00.1',
      layers([vf(2)], of()),
    ],
    [
      'bound to the old host',
      'bound to compute0, the server is on compute1',
      layers([vf(1)], of({ host: 'compute0' })),
    ],
    [
      'F40 a card with the MAC of the old one',
      'Neutron has MAC 3c:fd:fe:00:00:09, its card 3c:fd:fe:00:00:01',
      layers([pci('81')], of({ ...card, mac: '3c:fd:fe:00:00:09' }, cardRow)),
    ],
    [
      'F41 macvtap without its VLAN',
      'domain XML has VLAN none, its network 7',
      layers([macvtap('')], of({ vnicType: 'macvtap' })),
    ],
    [
      'F41 direct with another VLAN',
      'domain XML has VLAN 8, its network 7',
      layers([vf(1, "<vlan><tag id='8'/></vlan>")], of()),
    ],
    [
      'F42 several queues',
      'domain XML has 4 queues for a device of the host',
      layers([vf(1, "<driver name='vfio' queues='4'/><vlan><tag id='7'/></vlan>")], of()),
    ],
    [
      'F52 none in the database',
      'the database has no PCI device for it',
      layers([vf(1)], { ...of(), rows: [] }),
    ],
    [
      'F43 a device of another type',
      'the database has a type-PF for it, not a type-VF or type-PCI',
      layers([vf(1)], of({}, { type: 'type-PF' })),
    ],
    [
      'no interface',
      'domain XML has 0 interfaces with MAC fa:16:3e:00:00:01, expected 1',
      layers([], of({ vnicType: 'macvtap' })),
    ],
    [
      'two of them',
      'domain XML has 2 interfaces with MAC fa:16:3e:00:00:01, expected 1',
      layers([vf(1), vf(2)], of()),
    ],
    [
      'of another type',
      'domain XML has an interface of type direct, expected hostdev',
      layers([macvtap()], of()),
    ],
    [
      'gone from the inactive XML',
      'inactive XML has 0 interfaces with MAC fa:16:3e:00:00:01, expected 1',
      layers([vf(1)], of(), []),
    ],
  ])('%s', (_, said, bad) => {
    expect(bad.disagreements().some((line) => line.endsWith(said))).toBe(true);
  });
});

describe('the virtual GPUs of a guest', () => {
  const [a, b] = ['4b20d080-1b54-4048-85b3-a6a62d165c01', '5b20d080-1b54-4048-85b3-a6a62d165c02'];
  const gpu = (amount: number, name = 'compute1_pci_0000_84_00_0') => ({
    providerId: name,
    providerName: name,
    resources: { VGPU: amount },
  });
  const mdevs = [{ uuid: a, parent: '0000:84:00.0', type: 'nvidia-35' }];

  it('agree', () => {
    const good = layers([mdev(a)], { mdevs, allocations: [compute, gpu(1)] });
    expect(good.disagreements()).toEqual([]);
    expect(good.mdevs).toEqual(mdevs);
  });

  it.each<[string, string, DevicePlacement]>([
    [
      'F53, F54 allocated, and not in the XML',
      'vGPUs of 0000:84:00.0: domain XML 0, Placement 1',
      layers([], { mdevs, allocations: [gpu(1)] }),
    ],
    [
      'F55 of another GPU than allocated',
      'vGPUs of 0000:85:00.0: domain XML 0, Placement 1',
      layers([mdev(a)], { mdevs, allocations: [gpu(1, 'compute1_pci_0000_85_00_0')] }),
    ],
    [
      'F55 that the kernel does not have',
      `domain XML has mediated device ${b}, the kernel has not`,
      layers([mdev(b)], { mdevs, allocations: [gpu(1)] }),
    ],
    [
      'F54 gone from the inactive XML',
      `mediated devices: domain XML ${a}, inactive XML none`,
      layers([mdev(a)], { mdevs, allocations: [gpu(1)] }, []),
    ],
  ])('%s', (_, said, bad) => {
    expect(bad.disagreements()).toContain(said);
  });
});

describe('the persistent memory of a guest', () => {
  const pmem = (amount: number): Partial<DeviceEvidence> => ({
    resources: [{ providerUuid: 'root', resourceClass: 'CUSTOM_PMEM_NAMESPACE_4GB', identifier: 'ns1' }],
    namespaces: [{ name: 'ns1', path: '/dev/dax0.1', sizeKib: 32768 }],
    allocations: [{ ...compute, resources: { CUSTOM_PMEM_NAMESPACE_4GB: amount } }],
  });

  it('agrees', () => {
    const good = layers([nvdimm('/dev/dax0.1')], pmem(1));
    expect(good.disagreements()).toEqual([]);
    expect(good.nvdimms).toEqual([{ path: '/dev/dax0.1', sizeKib: 32768 }]);
  });

  it.each<[string, string, DevicePlacement]>([
    [
      'of another size',
      'persistent memory ns1 (/dev/dax0.1): domain XML 16384 KiB, the host 32768 KiB',
      layers([nvdimm('/dev/dax0.1', 16384)], pmem(1)),
    ],
    [
      'of somebody else',
      'domain XML has an NVDIMM /dev/dax0.2, the database has not',
      layers([nvdimm('/dev/dax0.2')], pmem(1)),
    ],
    [
      'gone from the inactive XML',
      'persistent memory ns1 (/dev/dax0.1): inactive XML has no NVDIMM with it',
      layers([nvdimm('/dev/dax0.1')], pmem(1), []),
    ],
    [
      'not allocated',
      'CUSTOM_PMEM_NAMESPACE_4GB: Placement 0, the database 1',
      layers([nvdimm('/dev/dax0.1')], { ...pmem(1), allocations: [compute] }),
    ],
    [
      'that the host does not have',
      'the database has persistent memory ns1, the host has not',
      layers([nvdimm('/dev/dax0.1')], { ...pmem(1), namespaces: [] }),
    ],
  ])('%s', (_, said, bad) => {
    expect(bad.disagreements()).toContain(said);
  });
});

it('has nothing to compare of a guest without such devices', () => {
  expect(() => matchers.toAgreeEverywhere(layers([]))).toThrow('no layer has a device of the host');
});
