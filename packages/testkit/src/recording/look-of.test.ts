import { CpuSet } from '@whitebox/core';
import type { GuestSnapshot, HostSnapshot, Snapshot } from '@whitebox/invariants';
import { parseDomain } from '@whitebox/libvirt-xml';
import { expect, it } from 'vitest';
import { lookOf } from './look-of.js';

const domain = (pin: string): ReturnType<typeof parseDomain> =>
  parseDomain(
    `<domain type='kvm'><name>instance-1</name><uuid>u1</uuid><memory>1024</memory><vcpu cpuset='2-3'>2</vcpu>
     <iothreads>1</iothreads><cputune><vcpupin vcpu='0' cpuset='${pin}'/><emulatorpin cpuset='2-3'/></cputune>
     <os><type>hvm</type></os><devices/></domain>`,
  );

const cpu = (id: number): [number, object] => [
  id,
  { id, socket: id % 2, core: 0, siblings: CpuSet.of(id % 2, (id % 2) + 2), numaNode: id % 2 },
];

const host = {
  name: 'compute1',
  cpus: { online: CpuSet.parse('0-3'), cpus: new Map([0, 1, 2, 3].map(cpu)) },
  numaCells: [
    {
      id: 0,
      hugepages: new Map([
        [2048, { total: 8, free: 4, surplus: 0 }],
        [1048576, { total: 0, free: 0, surplus: 0 }],
      ]),
    },
    { id: 1, hugepages: new Map() },
  ],
  config: { dedicatedSet: CpuSet.parse('0-1'), sharedSet: undefined },
} as unknown as HostSnapshot;

const guest = {
  uuid: 'u1',
  name: 'vm1',
  instance: { host: 'compute1', vmState: 'active', taskState: null, powerState: 'running' },
  extra: {
    numaTopology: {
      cells: [
        {
          cpuset: CpuSet.empty,
          pcpuset: CpuSet.of(0),
          cpuPinning: new Map([[0, 1]]),
          cpusetReserved: CpuSet.empty,
        },
      ],
    },
  },
  live: domain('0'),
  inactive: domain('1'),
  threads: {
    vcpus: new Map([[0, { allowedCpus: CpuSet.of(0) }]]),
    ioThreads: new Map(),
    emulator: [{ allowedCpus: CpuSet.of(2) }, { allowedCpus: CpuSet.of(3, 9) }],
  },
  memory: [{ backend: 'ram', sizeKib: 8192, pageSizeKib: 2048, pages: new Map([[0, 4]]), mappings: [] }],
} as unknown as GuestSnapshot;

const look = (change: Partial<Snapshot>) =>
  lookOf({ takenAt: new Date(0), novaVersions: [26], hosts: [host], guests: [guest], ...change });

it('is where each layer has the threads of a guest, on the host that the database names', () => {
  expect(look({})).toEqual([
    {
      name: 'compute1',
      cells: [
        { id: 0, socket: 0, cores: ['0,2'], pages: [{ sizeKib: 2048, total: 8, free: 4 }] },
        { id: 1, socket: 1, cores: ['1,3'], pages: [] },
      ],
      dedicated: '0-1',
      shared: '',
      guests: [
        {
          uuid: 'u1',
          name: 'vm1',
          state: 'active, running',
          threads: [
            { role: 'vcpu', index: 0, xml: '0', inactive: '1', database: '1', kernel: '0' },
            { role: 'vcpu', index: 1, xml: '2-3', inactive: '2-3' },
            { role: 'emulator', index: 0, xml: '2-3', inactive: '2-3', kernel: '2-3' },
            { role: 'iothread', index: 1, xml: '2-3', inactive: '2-3' },
          ],
          memory: [{ cell: 0, pageSizeKib: 2048, pages: 4 }],
        },
      ],
    },
  ]);
});

it('leaves out a host that could not be read, and what does not run', () => {
  expect(look({ hosts: [{ name: 'compute1' }] })).toEqual([]);
  const stopped = { ...guest, live: null, threads: null, memory: null };
  expect(look({ guests: [stopped] })[0]?.guests[0]).toMatchObject({
    threads: [{ inactive: '1', database: '1', xml: undefined, kernel: undefined }, {}, {}, {}],
    memory: [],
  });
});
