import { cpuSetsFor, type CpuSets } from './cpu-sets.js';
import type { Role } from './distribution.js';
import { addressIn, subnetSize, type Subnet } from './ipv4.js';

export interface Host {
  readonly name: string;
  readonly address: string;
  readonly roles: readonly Role[];
  readonly cpuSets: CpuSets;
}

export const controllerName = 'controller';

/** Both hosts compute; the first carries the control plane too. */
export function hostsFor(subnet: Subnet, usableCpus: readonly number[]): readonly [Host, Host] {
  const [first, second] = cpuSetsFor(usableCpus);
  return [
    { name: controllerName, address: addressIn(subnet, 10), roles: ['control', 'compute'], cpuSets: first },
    { name: 'compute1', address: addressIn(subnet, 11), roles: ['compute'], cpuSets: second },
  ];
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
