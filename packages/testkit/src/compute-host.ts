import { CpuSet } from '@whitebox/core';
import type { Host } from '@whitebox/host';
import { readCpuTopology, readNumaCells, type CpuTopology } from '@whitebox/kernel';
import { Virsh } from '@whitebox/libvirt-xml';
import { runningConfig, type Deployment, type RunningConfig, type Service } from '@whitebox/services';
import { CpuSetOption, type PlacedCpus } from './cpu-set-option.js';
import type { DescribedHost } from './described-hosts.js';

/** A compute of the cloud: root on its machine, its libvirt, its nova-compute and the CPU sets in force. */
export class ComputeHost {
  /** As Nova's service list has it. */
  readonly name: string;
  /** Root on that machine. */
  readonly machine: Host;
  /** How it is deployed: its services, its virsh. */
  readonly deployment: Deployment;
  readonly virsh: Virsh;
  /** Root where libvirt runs: that machine, or the container of libvirt there. */
  readonly libvirtMachine: Host;
  readonly novaCompute: Service;
  readonly #dedicated: CpuSetOption;
  readonly #shared: CpuSetOption;
  #config: RunningConfig | undefined;

  /** @param options readOnly: its virsh cannot change anything */
  constructor(
    name: string,
    deployment: Deployment,
    said?: DescribedHost,
    { readOnly = false }: { readonly readOnly?: boolean } = {},
  ) {
    this.name = name;
    this.machine = deployment.host;
    this.deployment = deployment;
    this.libvirtMachine = deployment.libvirtHost;
    // A bare "virsh" leaves the connection to the default of Virsh; in a container the container knows.
    this.virsh = new Virsh(this.machine, {
      argv: deployment.virsh.length === 1 ? undefined : deployment.virsh,
      readOnly,
    });
    this.novaCompute = deployment.service('nova-compute');
    this.#dedicated = new CpuSetOption('cpu_dedicated_set', said?.dedicated);
    this.#shared = new CpuSetOption('cpu_shared_set', said?.shared);
  }

  /** `[compute] cpu_dedicated_set` as nodes.yaml says it, else as it is in force; empty when unset. */
  get dedicated(): CpuSet {
    return this.#dedicated.cpus;
  }

  /** `[compute] cpu_shared_set` as nodes.yaml says it, else as it is in force; empty when unset. */
  get shared(): CpuSet {
    return this.#shared.cpus;
  }

  /** All CPUs of the NUMA cells in which these are, as libvirt tells them. */
  async cellsOf(cpus: CpuSet): Promise<CpuSet> {
    const { cells } = (await this.virsh.capabilities()).host;
    return cells
      .filter(({ cpuset }) => !cpuset.isDisjointFrom(cpus))
      .reduce((all, { cpuset }) => all.union(cpuset), CpuSet.empty);
  }

  /** The cores of these CPUs, as the kernel tells them: each as all of its threads that are online. */
  async coresOf(cpus: CpuSet): Promise<readonly CpuSet[]> {
    const topology = await readCpuTopology(this.machine);
    const cores = new Map<string, CpuSet>();
    for (const { id, siblings } of topology.cpus.values()) {
      if (cpus.has(id)) cores.set(siblings.toString(), siblings);
    }
    return [...cores.values()];
  }

  /** Its CPUs as its kernel tells them: which are online, and how fast they may be. */
  async cpuTopology(): Promise<CpuTopology> {
    return readCpuTopology(this.machine);
  }

  /** NUMA cell -> its CPUs that are online, as its kernel tells them. */
  async numaCells(): Promise<ReadonlyMap<number, CpuSet>> {
    return new Map((await readNumaCells(this.machine)).map(({ id, cpus }) => [id, cpus]));
  }

  /** NUMA cell -> hugepages of a size (KiB) that its kernel has free now; cells without that size are left out. */
  async freeHugepages(sizeKib: number): Promise<ReadonlyMap<number, number>> {
    const cells = await readNumaCells(this.machine);
    return new Map(
      cells.flatMap(({ id, hugepages }) => {
        const pool = hugepages.get(sizeKib);
        return pool === undefined ? [] : [[id, pool.free] as const];
      }),
    );
  }

  /** Where nodes.yaml says something else than what is in force. */
  get differences(): string[] {
    return [this.#dedicated, this.#shared].flatMap(({ difference }) => difference ?? []);
  }

  /** The configuration that the running nova-compute had read when it was looked at last. */
  get config(): RunningConfig {
    if (this.#config === undefined)
      throw new Error(`The configuration of ${this.name} has not been read yet.`);
    return this.#config;
  }

  /** The same; undefined as long as it has never been read. */
  get lastConfig(): RunningConfig | undefined {
    return this.#config;
  }

  /** Reads the configuration of the running process anew. */
  async refresh(signal?: AbortSignal): Promise<void> {
    this.#config = await runningConfig(this.novaCompute, { signal });
    this.#dedicated.read(cpusInForce(this.#config, 'cpu_dedicated_set'));
    this.#shared.read(cpusInForce(this.#config, 'cpu_shared_set'));
  }
}

function cpusInForce(config: RunningConfig, option: string): PlacedCpus {
  const found = config.effective('compute', option);
  if (found === undefined || found.value === '') return { cpus: CpuSet.empty, place: 'unset' };
  const { origin } = found;
  const place =
    origin.kind === 'file'
      ? `${origin.file}:${origin.line}`
      : origin.kind === 'environment'
        ? `environment variable ${origin.variable}`
        : origin.argument;
  return { cpus: CpuSet.parse(found.value, 'nova'), place };
}
