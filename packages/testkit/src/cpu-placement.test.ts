import { CpuSet } from '@whitebox/core';
import { describe, expect, it } from 'vitest';
import {
  CpuPlacement,
  type CpuEvidence,
  type DatabaseCpus,
  type KernelCpus,
  type XmlCpus,
} from './cpu-placement.js';

const cpus = (text: string): CpuSet => CpuSet.parse(text);
const pins = (entries: Record<number, string>): Map<number, CpuSet> =>
  new Map(Object.entries(entries).map(([vcpu, set]) => [Number(vcpu), cpus(set)]));

const xml: XmlCpus = {
  vcpus: 2,
  cpuset: undefined,
  vcpuPins: pins({ 0: '2', 1: '3' }),
  emulatorPin: cpus('2-3'),
  ioThreadPins: new Map(),
  ioThreads: 0,
};
const database: DatabaseCpus = {
  dedicatedVcpus: [0, 1],
  pinning: new Map([
    [0, 2],
    [1, 3],
  ]),
  reserved: CpuSet.empty,
  emulatorThreadsPolicy: null,
};
const kernel: KernelCpus = {
  vcpus: pins({ 0: '2', 1: '3' }),
  emulator: [{ name: 'qemu-system-x86', allowed: cpus('2-3') }],
  ioThreads: new Map(),
  online: cpus('0-3'),
};

function placement(change: Partial<CpuEvidence> = {}): CpuPlacement {
  return new CpuPlacement({
    serverName: 'vm1',
    hostName: 'compute1',
    live: xml,
    inactive: xml,
    database,
    kernel,
    topology: null,
    ...change,
  });
}

describe('CpuPlacement of a guest with dedicated CPUs', () => {
  it('answers from the live XML', () => {
    const guest = placement();
    expect(guest.pinnedVcpus).toEqual([0, 1]);
    expect(guest.pinned).toEqual(cpus('2-3'));
    expect(guest.vcpu(1)).toEqual(cpus('3'));
    expect(guest.emulator).toEqual(cpus('2-3'));
    expect(guest.disagreements()).toEqual([]);
  });

  it.each<[string, Partial<CpuEvidence>, string]>([
    [
      'the kernel runs a vCPU elsewhere',
      { kernel: { ...kernel, vcpus: pins({ 0: '2', 1: '0' }) } },
      'vCPU 1: domain XML 3, kernel 0',
    ],
    [
      'a vCPU has no thread',
      { kernel: { ...kernel, vcpus: pins({ 0: '2' }) } },
      'vCPU 1: the kernel has no thread for it',
    ],
    [
      'the database has another CPU',
      { database: { ...database, pinning: new Map([...database.pinning, [1, 1]]) } },
      'vCPU 1: domain XML 3, database 1',
    ],
    [
      'the database has lost a pin',
      { database: { ...database, pinning: new Map([[0, 2]]) } },
      'vCPU 1 should be dedicated, but the database pins it nowhere',
    ],
    [
      'the database has no topology at all',
      { database: null },
      'vcpupin 0: domain XML 2, but the database has no NUMA topology',
    ],
    [
      'the XML has lost a pin',
      { live: { ...xml, vcpuPins: pins({ 0: '2' }) } },
      'domain XML pins 1 of 2 vCPUs of a guest with a NUMA topology',
    ],
    [
      'the inactive XML has the pins of another host',
      { inactive: { ...xml, vcpuPins: pins({ 0: '0', 1: '3' }) } },
      'vcpupin 0: domain XML 2, inactive XML 0',
    ],
    [
      'the inactive XML has another emulatorpin',
      { inactive: { ...xml, emulatorPin: undefined } },
      'emulatorpin: domain XML 2-3, inactive XML unset',
    ],
    [
      'an emulator thread runs elsewhere',
      { kernel: { ...kernel, emulator: [{ name: 'qemu-system-x86', allowed: cpus('0-3') }] } },
      'emulator thread "qemu-system-x86": domain XML 2-3, kernel 0-3',
    ],
    [
      'the kernel has no emulator thread',
      { kernel: { ...kernel, emulator: [] } },
      'emulator: the kernel has no thread for it',
    ],
    [
      'isolated emulator threads are not on their reserved CPU',
      { database: { ...database, emulatorThreadsPolicy: 'isolate', reserved: cpus('1') } },
      'emulator threads: domain XML 2-3, database reserves 1',
    ],
  ])('notices that %s', (_, change, line) => {
    expect(placement(change).disagreements()).toContain(line);
  });

  it('shows every layer side by side', () => {
    expect(placement({ kernel: { ...kernel, vcpus: pins({ 0: '2', 1: '0' }) } }).table()).toBe(
      [
        '          domain XML  inactive XML  database  kernel',
        'vCPU 0    2           2             2         2',
        'vCPU 1    3           3             3         0',
        'emulator  2-3         2-3           -         2-3',
      ].join('\n'),
    );
  });
});

describe('CpuPlacement of a guest with shared CPUs', () => {
  const floating: XmlCpus = { ...xml, cpuset: cpus('0-1'), vcpuPins: new Map(), emulatorPin: undefined };
  const floatingKernel: KernelCpus = {
    ...kernel,
    vcpus: pins({ 0: '0-1', 1: '0-1' }),
    emulator: [{ name: 'qemu', allowed: cpus('0-1') }],
  };
  const guest = (change: Partial<CpuEvidence> = {}): CpuPlacement =>
    placement({ live: floating, inactive: floating, database: null, kernel: floatingKernel, ...change });

  it('floats over the shared set and has no pin', () => {
    expect(guest().pinnedVcpus).toEqual([]);
    expect(guest().pinned.isEmpty).toBe(true);
    expect(guest().floating).toEqual(cpus('0-1'));
    expect(guest().disagreements()).toEqual([]);
  });

  it('may run on every CPU that is online where the XML says nothing', () => {
    const free = { ...floating, cpuset: undefined };
    const everywhere = {
      ...floatingKernel,
      vcpus: pins({ 0: '0-7', 1: '0-7' }),
      emulator: [{ name: 'q', allowed: cpus('0-7') }],
    };
    expect(guest({ live: free, inactive: free, kernel: everywhere }).disagreements()).toEqual([]);
  });

  it('notices a vCPU thread that the kernel holds elsewhere', () => {
    const moved = { ...floatingKernel, vcpus: pins({ 0: '0-1', 1: '3' }) };
    expect(guest({ kernel: moved }).disagreements()).toEqual(['vCPU 1: domain XML 0-1, kernel 3']);
  });
});

describe('CpuPlacement of a guest with an I/O thread', () => {
  const withThread: XmlCpus = { ...xml, ioThreads: 1, ioThreadPins: pins({ 1: '2-3' }) };

  it('holds it against the kernel', () => {
    const right = { ...kernel, ioThreads: pins({ 1: '2-3' }) };
    const wrong = { ...kernel, ioThreads: pins({ 1: '0' }) };
    expect(placement({ live: withThread, inactive: withThread, kernel: right }).disagreements()).toEqual([]);
    expect(placement({ live: withThread, inactive: withThread, kernel: wrong }).disagreements()).toEqual([
      'iothread 1: domain XML 2-3, kernel 0',
    ]);
    expect(placement({ live: withThread, inactive: withThread, kernel }).disagreements()).toEqual([
      'iothread 1: the kernel has no thread for it',
    ]);
  });
});
