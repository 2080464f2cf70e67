import {
  readLockedMemory,
  readProcess,
  readQemuThreads,
  type ProcessInfo,
  type QemuThreads,
} from '@whitebox/kernel';
import type { Domain } from '@whitebox/libvirt-xml';
import type { ActedServerOptions } from './acted-server.js';
import { AttachedServer } from './attached-server.js';
import { CpuPlacement } from './cpu-placement.js';
import { DevicePlacement } from './devices/device-placement.js';
import { readDeviceEvidence } from './devices/read-device-evidence.js';
import type { Layers } from './layers.js';
import { MemoryPlacement } from './memory-placement.js';
import { readCpuEvidence } from './read-cpu-evidence.js';
import { readMemoryEvidence } from './read-memory-evidence.js';

export interface TestServerOptions extends ActedServerOptions {
  /** Told what was read of it. */
  readonly seen: (what: string, layers: Layers) => void;
}

/** A server of a case: what is done to it, and what every layer says of it. */
export class TestServer extends AttachedServer {
  readonly #seen: TestServerOptions['seen'];

  constructor(options: TestServerOptions) {
    super(options);
    this.#seen = options.seen;
  }

  /** Where its threads may run, read from every layer now. @throws TestkitError when it moved meanwhile */
  async cpus(): Promise<CpuPlacement> {
    const placement = new CpuPlacement(await readCpuEvidence(this, this.session.database, this.signal));
    this.#seen('CPUs', placement);
    return placement;
  }

  /** Where its memory comes from, read from every layer now. */
  async memory(): Promise<MemoryPlacement> {
    const evidence = await readMemoryEvidence(this, this.session.database, this.signal);
    const placement = new MemoryPlacement(evidence);
    this.#seen('memory', placement);
    return placement;
  }

  /** The devices of its host that it has, read from every layer now. */
  async devices(): Promise<DevicePlacement> {
    const placement = new DevicePlacement(await readDeviceEvidence(this, this.session, this.signal));
    this.#seen('devices', placement);
    return placement;
  }

  /** Its domain as libvirt has it now; inactive: what the next start is made from. */
  async xml({ inactive = false }: { readonly inactive?: boolean } = {}): Promise<Domain> {
    return this.host.virsh.domain(this.domain, { inactive, signal: this.signal });
  }

  /** Its QEMU process, with the command line that libvirt started it with: what the guest really has. */
  async process(): Promise<ProcessInfo> {
    return readProcess(this.host.machine, { domain: this.domain }, { signal: this.signal });
  }

  /** The threads of its QEMU process: where they may run and how the kernel schedules them. */
  async threads(): Promise<QemuThreads> {
    return readQemuThreads(this.host.machine, { domain: this.domain }, { signal: this.signal });
  }

  /** KiB of its QEMU process that the kernel may not page out. */
  async lockedMemory(): Promise<number> {
    return readLockedMemory(this.host.machine, { domain: this.domain }, { signal: this.signal });
  }

  /** What Placement has allocated to it, all providers added up: `{ PCPU: 2, MEMORY_MB: 128, DISK_GB: 1 }`. */
  async allocations(): Promise<Readonly<Record<string, number>>> {
    const { placement } = this.session.openstack;
    const allocations = await placement.allocations(this.id, { signal: this.signal });
    const sum: Record<string, number> = {};
    for (const { resources } of allocations) {
      for (const [name, amount] of Object.entries(resources)) sum[name] = (sum[name] ?? 0) + amount;
    }
    return sum;
  }

  /** Traits of the providers that its allocations are of, its compute above all; sorted. */
  async providerTraits(): Promise<readonly string[]> {
    const { placement } = this.session.openstack;
    const options = { signal: this.signal };
    const allocations = await placement.allocations(this.id, options);
    const traits = await Promise.all(
      allocations.map(({ providerId }) => placement.traits(providerId, options)),
    );
    return [...new Set(traits.flat())].sort();
  }

  protected get self(): this {
    return this;
  }
}
