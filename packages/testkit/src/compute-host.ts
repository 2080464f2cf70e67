import { CpuSet } from '@whitebox/core';
import type { Host } from '@whitebox/host';
import { Virsh } from '@whitebox/libvirt-xml';
import { runningConfig, type Service } from '@whitebox/services';

/** A compute of the cloud: root on its machine, its libvirt, its nova-compute and the CPU sets in force. */
export class ComputeHost {
  /** As Nova's service list has it. */
  readonly name: string;
  /** Root on that machine. */
  readonly machine: Host;
  readonly virsh: Virsh;
  readonly novaCompute: Service;
  #dedicated = CpuSet.empty;
  #shared = CpuSet.empty;

  constructor(name: string, machine: Host, novaCompute: Service, virshArgv?: readonly string[]) {
    this.name = name;
    this.machine = machine;
    this.virsh = new Virsh(machine, { argv: virshArgv });
    this.novaCompute = novaCompute;
  }

  /** `[compute] cpu_dedicated_set` in force; empty when unset. */
  get dedicated(): CpuSet {
    return this.#dedicated;
  }

  /** `[compute] cpu_shared_set` in force; empty when unset. */
  get shared(): CpuSet {
    return this.#shared;
  }

  /** Reads the sets anew from the configuration of the running process. */
  async refresh(signal?: AbortSignal): Promise<void> {
    const config = await runningConfig(this.novaCompute, { signal });
    const set = (option: string): CpuSet => {
      const value = config.effective('compute', option)?.value ?? '';
      return value === '' ? CpuSet.empty : CpuSet.parse(value, 'nova');
    };
    this.#dedicated = set('cpu_dedicated_set');
    this.#shared = set('cpu_shared_set');
  }
}
