import { CpuSet } from '@whitebox/core';
import type { DeploymentName } from './deployments/host-shape.js';
import type { Role } from './distribution.js';
import { LabError } from './errors.js';
import { addressIn, subnetSize, type Subnet } from './ipv4.js';
import type { PmemNamespaces } from './pmem.js';
import type { Profile } from './profile.js';
import { cpusOf, type HostTopology } from './topology/host-topology.js';

/** A host of a lab, as it was decided when the lab was made. */
export interface Host {
  readonly name: string;
  readonly address: string;
  readonly roles: readonly Role[];
  /** Nova's `[compute]cpu_dedicated_set` and `cpu_shared_set`; empty where the option is left out. */
  readonly cpuSets: { readonly dedicated: string; readonly shared: string };
  /** Nova's `[DEFAULT]reserved_host_memory_mb` */
  readonly reservedMemoryMib: number;
  /** Absent in labs that were made before there was any. */
  readonly pmem?: readonly PmemNamespaces[] | undefined;
  /** What the host shows instead of the machine's own hardware; undefined where it shows the machine. */
  readonly topology?: HostTopology | undefined;
  /** Its address, on eth0, is in a network of the cloud's own that the machine cannot reach; the undercloud leads there. */
  readonly inside?: boolean | undefined;
  /** On eth2, in the other one of the two networks: of the host with the APIs, and of the undercloud. */
  readonly secondAddress?: string | undefined;
  /** The tool as whose work it looks; undefined: as the packages made it. */
  readonly deployment?: DeploymentName | undefined;
}

export const controllerName = 'controller';
/** The host that leads to those inside; it has none of the cloud's services. */
export const undercloudName = 'undercloud';

/** The network of hosts behind an undercloud: TripleO's control plane. It is in the lab's own network namespace alone. */
export const insideNetwork = { first: '192.168.24', prefix: 24 } as const;

export function controlHost(hosts: readonly Host[]): Host {
  const found = hosts.find(({ roles }) => roles.includes('control'));
  if (found === undefined) throw new LabError('WB_LAB_HOST', 'The lab has no host with the control plane.');
  return found;
}

/**
 * The hosts of a profile on a machine of which these CPUs are usable. All of them compute; the first carries the control
 * plane too. A host that shows the machine takes the machine's first CPUs, in order, for those of the profile.
 */
export function hostsFor(profile: Profile, subnet: Subnet, usableCpus: readonly number[]): Host[] {
  const hosts = profile.hosts.map(({ name, topology, dedicated, shared, reservedMemoryMib, pmem }, index) => {
    const cpus = cpusOf(topology);
    const asIs = profile.emulate === 'if-needed' && usableCpus.length >= cpus.length;
    const set = (text: string) =>
      asIs
        ? CpuSet.from(CpuSet.parse(text).ids.map((cpu) => usableCpus[cpus.indexOf(cpu)] ?? cpu)).toString()
        : text;
    return {
      name,
      address: addressIn(subnet, 10 + index),
      roles: (name === controllerName ? ['control', 'compute'] : ['compute']) as Role[],
      cpuSets: { dedicated: set(dedicated), shared: set(shared) },
      reservedMemoryMib,
      pmem,
      ...(asIs ? {} : { topology }),
      ...(profile.deployment === undefined ? {} : { deployment: profile.deployment }),
    } satisfies Host;
  });
  return profile.deployment === 'tripleo' ? behindUndercloud(hosts, subnet) : hosts;
}

/** As TripleO has it: all hosts in a network of their own, the APIs to be reached from outside, and the undercloud in both. */
function behindUndercloud(hosts: readonly Host[], subnet: Subnet): Host[] {
  const within = (number: number) => `${insideNetwork.first}.${number}`;
  const overcloud = hosts.map((host, index) => ({
    ...host,
    address: within(10 + index),
    inside: true,
    ...(host.name === controllerName ? { secondAddress: host.address } : {}),
  }));
  const undercloud: Host = {
    name: undercloudName,
    address: addressIn(subnet, 9),
    secondAddress: within(1),
    roles: [],
    cpuSets: { dedicated: '', shared: '' },
    reservedMemoryMib: 512,
    deployment: 'tripleo',
  };
  return [...overcloud, undercloud];
}

/** Where the APIs answer those outside. */
export function apiAddress(hosts: readonly Host[]): string {
  const control = controlHost(hosts);
  return control.inside === true ? (control.secondAddress ?? control.address) : control.address;
}

export function isCompute({ roles }: Pick<Host, 'roles'>): boolean {
  return roles.includes('compute');
}

/** The machine's own address in a network of the lab. */
export function machineAddress(subnet: Subnet): string {
  return addressIn(subnet, 1);
}

/** Addresses that guests get in the provider network: the second half, at most a hundred. */
export function guestPool(subnet: Subnet): { readonly start: string; readonly end: string } {
  const half = subnetSize(subnet) / 2;
  return { start: addressIn(subnet, half), end: addressIn(subnet, Math.min(2 * half - 2, half + 99)) };
}

export function computeNames(hosts: readonly Host[]): string[] {
  return hosts.filter(isCompute).map(({ name }) => name);
}
