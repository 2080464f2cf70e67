import { CpuSet } from '@whitebox/core';
import { reservedCpus, vcpuPinning } from '@whitebox/db';
import type { GuestSnapshot, HostSnapshot, Snapshot } from '@whitebox/invariants';
import type { Domain } from '@whitebox/libvirt-xml';
import type { CellLook, GuestLook, HostLook, ThreadLook } from './model.js';

/** Pages above this size are huge. */
const basePageKib = 64;

/** Where the guests of a snapshot run, host by host. A host whose CPUs could not be read is left out. */
export function lookOf({ hosts, guests }: Snapshot): HostLook[] {
  return hosts.flatMap((host) => {
    const { cpus } = host;
    if (cpus === undefined) return [];
    const here = guests.filter(({ instance }) => instance?.host === host.name);
    return [
      {
        name: host.name,
        cells: cellsOf(host),
        dedicated: host.config?.dedicatedSet?.toString() ?? '',
        shared: host.config?.sharedSet?.toString() ?? '',
        guests: here.map((guest) => guestLook(guest, cpus.online)),
      },
    ];
  });
}

function cellsOf({ cpus, numaCells = [] }: HostSnapshot): CellLook[] {
  const cells = new Map<string, { id: number; socket: number; cores: Map<string, CpuSet> }>();
  for (const { numaNode = 0, socket, siblings } of cpus?.cpus.values() ?? []) {
    const key = `${socket}/${numaNode}`;
    const cell = cells.get(key) ?? { id: numaNode, socket, cores: new Map<string, CpuSet>() };
    cells.set(key, cell);
    cell.cores.set(siblings.toString(), siblings);
  }
  const seen = new Set<number>();
  return [...cells.values()]
    .sort((a, b) => a.socket - b.socket || a.id - b.id)
    .map(({ id, socket, cores }) => {
      // Of a cell in several sockets the memory is drawn once.
      const pools = seen.has(id) ? undefined : numaCells.find((cell) => cell.id === id)?.hugepages;
      seen.add(id);
      return {
        id,
        socket,
        cores: [...cores.keys()],
        pages: [...(pools ?? [])]
          .filter(([, { total }]) => total > 0)
          .map(([sizeKib, { total, free }]) => ({ sizeKib, total, free })),
      };
    });
}

function guestLook(guest: GuestSnapshot, online: CpuSet): GuestLook {
  const { uuid, name, instance, memory } = guest;
  const state = [instance?.vmState, instance?.taskState, instance?.powerState];
  return {
    uuid,
    name,
    state: state.filter((word) => word !== null && word !== undefined).join(', '),
    threads: threadsOf(guest, online),
    memory: (memory ?? []).flatMap(({ pageSizeKib, pages }) =>
      pageSizeKib === undefined || pageSizeKib <= basePageKib
        ? []
        : [...pages].map(([cell, count]) => ({ cell, pageSizeKib, pages: count })),
    ),
  };
}

function threadsOf({ live, inactive, extra, threads }: GuestSnapshot, online: CpuSet): ThreadLook[] {
  const topology = extra?.numaTopology ?? undefined;
  const pinning = topology === undefined ? undefined : vcpuPinning(topology);
  const reserved = topology === undefined ? undefined : reservedCpus(topology);
  const domain = live ?? inactive;
  const say = (cpus: CpuSet | undefined): string | undefined => cpus?.intersection(online).toString();
  const layers = (of: (domain: Domain) => CpuSet | undefined): Pick<ThreadLook, 'xml' | 'inactive'> => ({
    xml: say(live == null ? undefined : allowed(live, of, online)),
    inactive: say(inactive == null ? undefined : allowed(inactive, of, online)),
  });
  const count = domain?.vcpus.current ?? pinning?.size ?? 0;
  const emulator = (threads?.emulator ?? []).map(({ allowedCpus }) => allowedCpus);
  const vcpus = Array.from({ length: count }, (_, index): ThreadLook => {
    const cpu = pinning?.get(index);
    return {
      role: 'vcpu',
      index,
      ...layers(({ cpuTune }) => cpuTune.vcpuPins.get(index)),
      database: cpu === undefined ? undefined : String(cpu),
      kernel: say(threads?.vcpus.get(index)?.allowedCpus),
    };
  });
  if (domain == null) return vcpus;
  return [
    ...vcpus,
    {
      role: 'emulator',
      index: 0,
      ...layers(({ cpuTune }) => cpuTune.emulatorPin),
      database: reserved === undefined || reserved.isEmpty ? undefined : reserved.toString(),
      kernel:
        emulator.length === 0 ? undefined : say(emulator.reduce((all, set) => all.union(set), CpuSet.empty)),
    },
    ...domain.ioThreadIds.map((index): ThreadLook => ({
      role: 'iothread',
      index,
      ...layers(({ cpuTune }) => cpuTune.ioThreadPins.get(index)),
      kernel: say(threads?.ioThreads.get(index)?.allowedCpus),
    })),
  ];
}

/** libvirt src/qemu/qemu_process.c: a thread without a pin gets the domain's cpuset, and without one every CPU. */
function allowed(domain: Domain, of: (domain: Domain) => CpuSet | undefined, online: CpuSet): CpuSet {
  return of(domain) ?? domain.vcpus.cpuset ?? online;
}
