import { CpuSet } from '@whitebox/core';
import type { ElementReader } from './element-reader.js';

export interface Vcpus {
  /** vCPUs that the guest can have. */
  readonly maximum: number;
  /** vCPUs that it has now. */
  readonly current: number;
  readonly placement: string;
  /** CPUs of the host on which vCPUs without a pin of their own may run; undefined: no restriction. */
  readonly cpuset: CpuSet | undefined;
}

/** `<cputune>`: where threads may run, and by which scheduler. */
export interface CpuTune {
  /** vCPU -> CPUs of the host. Only what the XML says: a vCPU without `vcpupin` is not in it. */
  readonly vcpuPins: ReadonlyMap<number, CpuSet>;
  readonly emulatorPin: CpuSet | undefined;
  /** IOThread id -> CPUs of the host. */
  readonly ioThreadPins: ReadonlyMap<number, CpuSet>;
  readonly vcpuScheds: readonly Scheduling[];
  readonly ioThreadScheds: readonly Scheduling[];
  readonly emulatorSched: Omit<Scheduling, 'ids'> | undefined;
  /** Relative weight of the domain (`shares`). */
  readonly shares: number | undefined;
  /** Microseconds: period, quota, emulator_period, ... as the XML names them. */
  readonly limits: ReadonlyMap<string, number>;
}

export interface Scheduling {
  /** vCPUs or IOThreads. */
  readonly ids: CpuSet;
  /** batch, idle, fifo or rr. */
  readonly scheduler: string;
  /** 1-99, for fifo and rr only. */
  readonly priority: number | undefined;
}

export interface DomainCpu {
  /** custom, host-model, host-passthrough or maximum. */
  readonly mode: string | undefined;
  readonly match: string | undefined;
  readonly check: string | undefined;
  readonly migratable: boolean | undefined;
  readonly model: string | undefined;
  readonly fallback: string | undefined;
  readonly vendor: string | undefined;
  readonly topology: CpuTopology | undefined;
  /** Name -> policy: force, require, optional, disable or forbid. */
  readonly features: ReadonlyMap<string, string>;
  readonly numaCells: readonly GuestNumaCell[];
  /** emulate, passthrough or disable. */
  readonly cacheMode: string | undefined;
  readonly maxPhysAddr: { readonly mode: string; readonly bits: number | undefined } | undefined;
}

export interface CpuTopology {
  readonly sockets: number;
  readonly dies: number;
  readonly clusters: number;
  readonly cores: number;
  readonly threads: number;
}

/** A NUMA cell that the guest sees. */
export interface GuestNumaCell {
  readonly id: number;
  /** vCPUs; empty for a cell that has memory only. */
  readonly cpus: CpuSet;
  readonly memoryKib: number;
  /** shared or private. */
  readonly memAccess: string | undefined;
  readonly discard: boolean | undefined;
  /** Cell -> distance. */
  readonly distances: ReadonlyMap<number, number>;
}

export function readVcpus(domain: ElementReader): Vcpus {
  const vcpu = domain.needChild('vcpu');
  const maximum = vcpu.asInteger();
  return {
    maximum,
    current: vcpu.integer('current') ?? maximum,
    placement: vcpu.attribute('placement') ?? 'static',
    cpuset: vcpu.cpuSet('cpuset'),
  };
}

const limitNames = /^(?:global_|emulator_|iothread_)?(?:period|quota)$/;

export function readCpuTune(domain: ElementReader): CpuTune {
  const tune = domain.child('cputune');
  const pins = (name: string, key: string): ReadonlyMap<number, CpuSet> => {
    const result = new Map<number, CpuSet>();
    for (const pin of tune?.all(name) ?? []) {
      const id = pin.needInteger(key);
      if (result.has(id)) pin.fail(pin.path, `${key} ${id} is pinned twice`);
      result.set(id, pin.needCpuSet('cpuset'));
    }
    return result;
  };
  const scheds = (name: string, key: string): Scheduling[] =>
    (tune?.all(name) ?? []).map((sched) => ({ ids: sched.needCpuSet(key), ...readScheduling(sched) }));
  const emulatorSched = tune?.child('emulatorsched');
  const limits = (tune?.children() ?? []).filter(({ name }) => limitNames.test(name));
  return {
    vcpuPins: pins('vcpupin', 'vcpu'),
    emulatorPin: tune?.child('emulatorpin')?.needCpuSet('cpuset'),
    ioThreadPins: pins('iothreadpin', 'iothread'),
    vcpuScheds: scheds('vcpusched', 'vcpus'),
    ioThreadScheds: scheds('iothreadsched', 'iothreads'),
    emulatorSched: emulatorSched === undefined ? undefined : readScheduling(emulatorSched),
    shares: tune?.integerOf('shares'),
    limits: new Map(limits.map((limit) => [limit.name, limit.asInteger()])),
  };
}

function readScheduling(sched: ElementReader): Omit<Scheduling, 'ids'> {
  return { scheduler: sched.need('scheduler'), priority: sched.integer('priority') };
}

export function readCpu(domain: ElementReader): DomainCpu | undefined {
  const cpu = domain.child('cpu');
  if (cpu === undefined) return undefined;
  const maxPhysAddr = cpu.child('maxphysaddr');
  return {
    mode: cpu.attribute('mode'),
    match: cpu.attribute('match'),
    check: cpu.attribute('check'),
    migratable: cpu.flag('migratable'),
    model: cpu.textOf('model'),
    fallback: cpu.child('model')?.attribute('fallback'),
    vendor: cpu.textOf('vendor'),
    topology: readTopology(cpu),
    features: new Map(
      cpu.all('feature').map((feature) => [feature.need('name'), feature.attribute('policy') ?? '']),
    ),
    numaCells: (cpu.child('numa')?.all('cell') ?? []).map(readNumaCell),
    cacheMode: cpu.child('cache')?.attribute('mode'),
    maxPhysAddr: maxPhysAddr && { mode: maxPhysAddr.need('mode'), bits: maxPhysAddr.integer('bits') },
  };
}

export function readTopology(cpu: ElementReader): CpuTopology | undefined {
  const topology = cpu.child('topology');
  if (topology === undefined) return undefined;
  return {
    sockets: topology.needInteger('sockets'),
    dies: topology.integer('dies') ?? 1,
    clusters: topology.integer('clusters') ?? 1,
    cores: topology.needInteger('cores'),
    threads: topology.needInteger('threads'),
  };
}

/** Without `id` a cell has its position as id, as in virDomainNumaDefParseXML of libvirt's src/conf/numa_conf.c. */
function readNumaCell(cell: ElementReader, position: number): GuestNumaCell {
  return {
    id: cell.integer('id') ?? position,
    cpus: cell.cpuSet('cpus') ?? CpuSet.empty,
    memoryKib: cell.kib('memory'),
    memAccess: cell.attribute('memAccess'),
    discard: cell.flag('discard'),
    distances: new Map(
      (cell.child('distances')?.all('sibling') ?? []).map((sibling) => [
        sibling.needInteger('id'),
        sibling.needInteger('value'),
      ]),
    ),
  };
}
