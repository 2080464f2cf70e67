import { CpuSet } from '@whitebox/core';
import { alignRows } from './align-rows.js';
import type { Layers } from './layers.js';

/** What a domain XML, live or inactive, says about where the threads of a guest may run. */
export interface XmlCpus {
  /** vCPUs that the guest has. */
  readonly vcpus: number;
  /** `<vcpu cpuset>`: for threads without a pin of their own; undefined where the XML has none. */
  readonly cpuset: CpuSet | undefined;
  readonly vcpuPins: ReadonlyMap<number, CpuSet>;
  readonly emulatorPin: CpuSet | undefined;
  readonly ioThreadPins: ReadonlyMap<number, CpuSet>;
  readonly ioThreads: number;
}

/** What `instance_extra.numa_topology` says about dedicated CPUs. */
export interface DatabaseCpus {
  /** Guest vCPUs that should be pinned (`pcpuset` of all cells). */
  readonly dedicatedVcpus: readonly number[];
  /** Guest vCPU -> CPU of the host (`cpu_pinning_raw` of all cells). */
  readonly pinning: ReadonlyMap<number, number>;
  /** CPUs of the host that belong to isolated emulator threads (`cpuset_reserved` of all cells). */
  readonly reserved: CpuSet;
  /** isolate, share or null. */
  readonly emulatorThreadsPolicy: string | null;
}

/** Where the kernel lets the threads of the QEMU process run. */
export interface KernelCpus {
  readonly vcpus: ReadonlyMap<number, CpuSet>;
  /** Threads of the emulator itself, by name; there is at least the main thread. */
  readonly emulator: readonly { readonly name: string; readonly allowed: CpuSet }[];
  readonly ioThreads: ReadonlyMap<number, CpuSet>;
  /** CPUs of the host that are online. */
  readonly online: CpuSet;
}

/** What every layer says about the CPUs of one guest at one moment. */
export interface CpuEvidence {
  readonly serverName: string;
  readonly hostName: string;
  readonly live: XmlCpus;
  readonly inactive: XmlCpus;
  /** null: the guest has no NUMA topology, so nothing of it is dedicated. */
  readonly database: DatabaseCpus | null;
  readonly kernel: KernelCpus;
  /** The decoded versioned object, to be compared as a whole. */
  readonly topology: unknown;
}

/**
 * Where a guest runs, as domain XML, inactive XML, database and kernel have it. The getters answer from the live XML;
 * `disagreements` (matcher `toAgreeEverywhere`) tells whether the others say the same, so a case asserts on both.
 */
export class CpuPlacement implements Layers {
  readonly #evidence: CpuEvidence;

  constructor(evidence: CpuEvidence) {
    this.#evidence = evidence;
  }

  get serverName(): string {
    return this.#evidence.serverName;
  }

  get hostName(): string {
    return this.#evidence.hostName;
  }

  /** `instance_extra.numa_topology`, decoded; null where the guest has none. */
  get topology(): unknown {
    return this.#evidence.topology;
  }

  /** vCPUs with a dedicated CPU, as the database has it, in order; without a NUMA topology: those that the XML pins. */
  get pinnedVcpus(): number[] {
    const { database, live } = this.#evidence;
    const vcpus = database === null ? [...live.vcpuPins.keys()] : [...database.pinning.keys()];
    return vcpus.sort((a, b) => a - b);
  }

  /** CPUs of the host on which the dedicated vCPUs run, as the live XML has it. */
  get pinned(): CpuSet {
    return union(this.pinnedVcpus.map((vcpu) => this.#evidence.live.vcpuPins.get(vcpu) ?? CpuSet.empty));
  }

  /** CPUs of the host on which one vCPU may run, as the live XML has it. */
  vcpu(vcpu: number): CpuSet {
    const { live, kernel } = this.#evidence;
    return effective(live.vcpuPins.get(vcpu), live, kernel);
  }

  /** CPUs of the host on which the vCPUs without a pin may run; empty where the XML says nothing. */
  get floating(): CpuSet {
    return this.#evidence.live.cpuset ?? CpuSet.empty;
  }

  /** CPUs of the host on which the emulator's own threads may run. */
  get emulator(): CpuSet {
    const { live, kernel } = this.#evidence;
    return effective(live.emulatorPin, live, kernel);
  }

  /** I/O thread -> CPUs of the host. */
  get iothreads(): ReadonlyMap<number, CpuSet> {
    const { live, kernel } = this.#evidence;
    return new Map(
      range(1, live.ioThreads).map((id) => [id, effective(live.ioThreadPins.get(id), live, kernel)]),
    );
  }

  /** CPUs of the host that the database reserves for isolated emulator threads. */
  get reserved(): CpuSet {
    return this.#evidence.database?.reserved ?? CpuSet.empty;
  }

  get kernelVcpus(): ReadonlyMap<number, CpuSet> {
    return this.#evidence.kernel.vcpus;
  }

  get vacuous(): string | undefined {
    return this.kernelVcpus.size === 0 ? 'the kernel shows no vCPU thread' : undefined;
  }

  /** Each point on which two layers differ, in words; empty where all agree. */
  disagreements(): string[] {
    return [...this.#xmlAgainstInactive(), ...this.#xmlAgainstDatabase(), ...this.#xmlAgainstKernel()];
  }

  /** One line for each thread: what every layer says. */
  table(): string {
    const { live, inactive, database, kernel } = this.#evidence;
    const rows = [['', 'domain XML', 'inactive XML', 'database', 'kernel']];
    for (const vcpu of range(0, Math.max(live.vcpus, kernel.vcpus.size) - 1)) {
      const pinned = database?.pinning.get(vcpu);
      rows.push([
        `vCPU ${vcpu}`,
        show(live.vcpuPins.get(vcpu) ?? live.cpuset),
        show(inactive.vcpuPins.get(vcpu) ?? inactive.cpuset),
        pinned === undefined ? '-' : String(pinned),
        show(kernel.vcpus.get(vcpu)),
      ]);
    }
    rows.push([
      'emulator',
      show(live.emulatorPin ?? live.cpuset),
      show(inactive.emulatorPin ?? inactive.cpuset),
      database === null || database.reserved.isEmpty ? '-' : show(database.reserved),
      show(union(kernel.emulator.map(({ allowed }) => allowed))),
    ]);
    for (const id of range(1, live.ioThreads)) {
      rows.push([
        `iothread ${id}`,
        show(live.ioThreadPins.get(id) ?? live.cpuset),
        show(inactive.ioThreadPins.get(id) ?? inactive.cpuset),
        '-',
        show(kernel.ioThreads.get(id)),
      ]);
    }
    return alignRows(rows);
  }

  /** The inactive XML is what the next reboot starts from (lp#1890501). */
  *#xmlAgainstInactive(): Generator<string> {
    const { live, inactive } = this.#evidence;
    const differ = (what: string, one: CpuSet | undefined, other: CpuSet | undefined): string | undefined =>
      same(one, other) ? undefined : `${what}: domain XML ${show(one)}, inactive XML ${show(other)}`;
    yield* said(differ('vcpu cpuset', live.cpuset, inactive.cpuset));
    for (const vcpu of keys(live.vcpuPins, inactive.vcpuPins)) {
      yield* said(differ(`vcpupin ${vcpu}`, live.vcpuPins.get(vcpu), inactive.vcpuPins.get(vcpu)));
    }
    yield* said(differ('emulatorpin', live.emulatorPin, inactive.emulatorPin));
    for (const id of keys(live.ioThreadPins, inactive.ioThreadPins)) {
      yield* said(differ(`iothreadpin ${id}`, live.ioThreadPins.get(id), inactive.ioThreadPins.get(id)));
    }
  }

  /** nova/virt/libvirt/driver.py, _get_guest_numa_config: every vCPU of a NUMA guest has a vcpupin, dedicated or not. */
  *#xmlAgainstDatabase(): Generator<string> {
    const { live, database } = this.#evidence;
    if (database === null) {
      for (const [vcpu, cpus] of live.vcpuPins) {
        yield `vcpupin ${vcpu}: domain XML ${show(cpus)}, but the database has no NUMA topology`;
      }
      return;
    }
    for (const vcpu of database.dedicatedVcpus) {
      if (!database.pinning.has(vcpu))
        yield `vCPU ${vcpu} should be dedicated, but the database pins it nowhere`;
    }
    for (const [vcpu, cpu] of database.pinning) {
      const pin = live.vcpuPins.get(vcpu);
      if (!same(pin, CpuSet.of(cpu))) yield `vCPU ${vcpu}: domain XML ${show(pin)}, database ${cpu}`;
    }
    if (database.pinning.size > 0 && live.vcpuPins.size !== live.vcpus) {
      yield `domain XML pins ${live.vcpuPins.size} of ${live.vcpus} vCPUs of a guest with a NUMA topology`;
    }
    if (database.emulatorThreadsPolicy === 'isolate' && !same(live.emulatorPin, database.reserved)) {
      yield `emulator threads: domain XML ${show(live.emulatorPin)}, database reserves ${show(database.reserved)}`;
    }
  }

  *#xmlAgainstKernel(): Generator<string> {
    const { live, kernel } = this.#evidence;
    const differ = (what: string, pin: CpuSet | undefined, allowed: CpuSet): string | undefined => {
      const expected = effective(pin, live, kernel).intersection(kernel.online);
      const really = allowed.intersection(kernel.online);
      return same(expected, really)
        ? undefined
        : `${what}: domain XML ${show(expected)}, kernel ${show(really)}`;
    };
    for (const vcpu of range(0, live.vcpus - 1)) {
      const allowed = kernel.vcpus.get(vcpu);
      if (allowed === undefined) yield `vCPU ${vcpu}: the kernel has no thread for it`;
      else yield* said(differ(`vCPU ${vcpu}`, live.vcpuPins.get(vcpu), allowed));
    }
    if (kernel.emulator.length === 0) yield 'emulator: the kernel has no thread for it';
    for (const { name, allowed } of kernel.emulator) {
      yield* said(differ(`emulator thread "${name}"`, live.emulatorPin, allowed));
    }
    for (const id of range(1, live.ioThreads)) {
      const allowed = kernel.ioThreads.get(id);
      if (allowed === undefined) yield `iothread ${id}: the kernel has no thread for it`;
      else yield* said(differ(`iothread ${id}`, live.ioThreadPins.get(id), allowed));
    }
  }
}

/** libvirt src/qemu/qemu_process.c: a thread without a pin gets the domain's cpuset, and without one every CPU. */
function effective(pin: CpuSet | undefined, xml: XmlCpus, kernel: KernelCpus): CpuSet {
  return pin ?? xml.cpuset ?? kernel.online;
}

function union(sets: readonly CpuSet[]): CpuSet {
  return sets.reduce((all, set) => all.union(set), CpuSet.empty);
}

function same(one: CpuSet | undefined, other: CpuSet | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}

function said(line: string | undefined): string[] {
  return line === undefined ? [] : [line];
}

function keys(...maps: readonly ReadonlyMap<number, unknown>[]): number[] {
  return [...new Set(maps.flatMap((map) => [...map.keys()]))].sort((a, b) => a - b);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

function show(cpus: CpuSet | undefined): string {
  if (cpus === undefined) return 'unset';
  return cpus.isEmpty ? 'none' : cpus.toString();
}
