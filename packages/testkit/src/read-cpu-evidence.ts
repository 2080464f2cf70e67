import { CpuSet } from '@whitebox/core';
import { reservedCpus, vcpuPinning, type InstanceNumaTopology, type NovaReader } from '@whitebox/db';
import { readCpuTopology, readQemuThreads } from '@whitebox/kernel';
import type { Domain } from '@whitebox/libvirt-xml';
import type { CpuEvidence, DatabaseCpus, XmlCpus } from './cpu-placement.js';
import type { Guest } from './guest.js';

/** Reads every layer of a guest at the same time, each once. */
export async function readCpuEvidence(
  guest: Guest,
  database: NovaReader,
  signal: AbortSignal,
): Promise<CpuEvidence> {
  const { virsh, machine } = guest.host;
  const [live, inactive, topology, threads, cpus] = await Promise.all([
    virsh.domain(guest.domain, { signal }),
    virsh.domain(guest.domain, { inactive: true, signal }),
    database.numaTopology(guest.id, { signal }),
    readQemuThreads(machine, { domain: guest.domain }, { signal }),
    readCpuTopology(machine, { signal }),
  ]);
  return {
    serverName: guest.name,
    hostName: guest.host.name,
    live: xmlCpus(live),
    inactive: xmlCpus(inactive),
    database: topology === null ? null : databaseCpus(topology),
    kernel: {
      vcpus: new Map([...threads.vcpus].map(([vcpu, { allowedCpus }]) => [vcpu, allowedCpus])),
      emulator: threads.emulator.map(({ name, allowedCpus }) => ({ name, allowed: allowedCpus })),
      ioThreads: new Map([...threads.ioThreads].map(([id, { allowedCpus }]) => [id, allowedCpus])),
      online: cpus.online,
    },
    topology: topology === null ? null : withoutRaw(topology),
  };
}

/** The JSON has sets as lists in any order; decoded ones can be compared. */
function withoutRaw({
  cells,
  emulatorThreadsPolicy,
  version,
}: InstanceNumaTopology): Omit<InstanceNumaTopology, 'raw'> {
  return { cells, emulatorThreadsPolicy, version };
}

function xmlCpus({ vcpus, cpuTune, ioThreads }: Domain): XmlCpus {
  return {
    vcpus: vcpus.current,
    cpuset: vcpus.cpuset,
    vcpuPins: cpuTune.vcpuPins,
    emulatorPin: cpuTune.emulatorPin,
    ioThreadPins: cpuTune.ioThreadPins,
    ioThreads,
  };
}

function databaseCpus(topology: InstanceNumaTopology): DatabaseCpus {
  const dedicated = topology.cells.reduce((all, { pcpuset }) => all.union(pcpuset), CpuSet.empty);
  return {
    dedicatedVcpus: [...dedicated],
    pinning: vcpuPinning(topology),
    reserved: reservedCpus(topology),
    emulatorThreadsPolicy: topology.emulatorThreadsPolicy,
  };
}
