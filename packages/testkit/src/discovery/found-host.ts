import { CpuSet } from '@whitebox/core';
import type { ComputeNodeRow, HostNumaCell } from '@whitebox/db';
import { readCpuTopology, readNumaCells, type CpuTopology, type NumaCell } from '@whitebox/kernel';
import type { OpenStack } from '@whitebox/openstack';
import type { NovaReader } from '@whitebox/db';
import type { ComputeHost } from '../compute-host.js';
import { readHostDevices, type HostDevices } from '../devices/host-devices.js';

/** What one compute is; plain values, for people and for JSON. */
export interface FoundHost {
  readonly name: string;
  /** Where it is reached. */
  readonly address: string;
  readonly cells: readonly FoundCell[];
  /** Threads of a core: 1 without SMT. */
  readonly threadsPerCore: number;
  /** CPUs that are offline, and those that the kernel's own scheduling leaves alone. */
  readonly offline: string;
  readonly isolated: string;
  readonly dedicated: FoundCpuSet;
  readonly shared: FoundCpuSet;
  /** Files that nova-compute reads, in order. */
  readonly configFiles: readonly string[];
  /** Free PCI devices for guests, a line each pool. */
  readonly pci: readonly string[];
  /** Types of mediated devices that its kernel offers. */
  readonly mdevTypes: readonly string[];
}

export interface FoundCell {
  readonly id: number;
  readonly cpus: string;
  readonly cores: number;
  readonly threads: number;
  readonly memoryMib: number;
  readonly hugepages: readonly { readonly sizeKib: number; readonly total: number; readonly free: number }[];
}

/** A CPU set of nova-compute. Empty texts: unset, or none. */
export interface FoundCpuSet {
  /** What its configuration files say now. */
  readonly file: string;
  /** What the running nova-compute works with, as it reports it to Nova (`compute_nodes.numa_topology`); undefined: nothing. */
  readonly inForce: string | undefined;
  /** Why the two do not go together. */
  readonly note: string | undefined;
}

export interface FoundHostSources {
  readonly database: Pick<NovaReader, 'computeNodes' | 'pciDevices'>;
  readonly openstack: Pick<OpenStack, 'placement'>;
  readonly addresses: ReadonlyMap<string, string>;
}

export async function readFoundHost(
  compute: ComputeHost,
  { database, openstack, addresses }: FoundHostSources,
): Promise<FoundHost> {
  const { name, machine, config } = compute;
  const [topology, cells, devices, nodes] = await Promise.all([
    readCpuTopology(machine),
    readNumaCells(machine),
    readHostDevices(compute, { database, placement: openstack.placement }),
    database.computeNodes({ host: name }),
  ]);
  const said = (option: string): string => config.effective('compute', option)?.value ?? '';
  return {
    name,
    address: addresses.get(name) ?? nodes[0]?.hostIp ?? name,
    cells: cells.map((cell) => foundCell(cell, topology)),
    threadsPerCore: Math.max(1, ...[...topology.cpus.values()].map(({ siblings }) => siblings.size)),
    offline: topology.offline.toString(),
    isolated: topology.isolated.toString(),
    dedicated: foundCpuSet(
      said('cpu_dedicated_set'),
      cpusOf(nodes, ({ pcpuset }) => pcpuset),
    ),
    shared: foundCpuSet(
      said('cpu_shared_set'),
      cpusOf(nodes, ({ cpuset }) => cpuset),
    ),
    configFiles: config.files,
    pci: devices.pools.map(poolLine),
    mdevTypes: devices.mdevTypes,
  };
}

function foundCell(cell: NumaCell, { cpus }: CpuTopology): FoundCell {
  const own = [...cpus.values()].filter(({ id }) => cell.cpus.has(id));
  return {
    id: cell.id,
    cpus: cell.cpus.toString(),
    cores: new Set(own.map(({ siblings }) => siblings.toString())).size,
    threads: own.length,
    memoryMib: Math.floor(cell.memoryKib / 1024),
    hugepages: [...cell.hugepages].map(([sizeKib, { total, free }]) => ({ sizeKib, total, free })),
  };
}

/** undefined where nova-compute has reported no topology. */
function cpusOf(
  nodes: readonly Pick<ComputeNodeRow, 'numaTopology'>[],
  of: (cell: HostNumaCell) => CpuSet,
): CpuSet | undefined {
  const cells = nodes.flatMap(({ numaTopology }) => numaTopology?.cells ?? []);
  return cells.length === 0 ? undefined : cells.reduce((all, cell) => all.union(of(cell)), CpuSet.empty);
}

/**
 * A set that is unset in the files says nothing of what is in force: nova-compute then gives all CPUs to floating guests
 * (nova/virt/libvirt/driver.py, _get_vcpu_available).
 *
 * @param file in the words of nova.conf
 */
export function foundCpuSet(file: string, inForce: CpuSet | undefined): FoundCpuSet {
  const has = inForce?.toString();
  if (file === '' || inForce === undefined) return { file, inForce: has, note: undefined };
  const said = CpuSet.parse(file, 'nova');
  if (said.equals(inForce)) return { file, inForce: has, note: undefined };
  const stray = inForce.difference(said);
  const note = stray.isEmpty
    ? `of ${said.toString()} in its files nova-compute does not work with ${said.difference(inForce).toString()}: offline, or written since it started`
    : `nova-compute works with ${stray.toString()}, which its files do not have: they were changed since it started`;
  return { file, inForce: has, note };
}

function poolLine({
  type,
  vendorId,
  productId,
  numaNode,
  physicalNetwork,
  count,
}: HostDevices['pools'][number]): string {
  const network = physicalNetwork === null ? '' : ` of ${physicalNetwork}`;
  const cell = numaNode === null ? '' : ` in cell ${numaNode}`;
  return `${count} free ${type} ${vendorId}:${productId}${network}${cell}`;
}
