import type { Cpus } from '@whitebox/testkit';

type CpuSet = Exclude<Cpus, string>;

/** What the kernel says of the CPUs of a host (readCpuTopology of @whitebox/kernel). */
export interface PowerOfCpus {
  readonly online: CpuSet;
  readonly offline: CpuSet;
  readonly cpus: ReadonlyMap<number, { readonly governor: string | undefined }>;
}

/** What nova-compute was told (`[libvirt] cpu_power_management_strategy` and the options beside it). */
export type PowerStrategy =
  { readonly name: 'cpu_state' } | { readonly name: 'governor'; readonly low: string; readonly high: string };

export interface CpusOfHost {
  readonly dedicated: CpuSet;
  readonly shared: CpuSet;
  /** Dedicated CPUs that guests have, those of isolated emulator threads included (lp#2056612). */
  readonly held: CpuSet;
}

/**
 * Each CPU of a host that is not powered as it should be, in words. nova/virt/libvirt/cpu/api.py: a dedicated CPU is up while a
 * guest has it and down otherwise; CPU 0 cannot be taken offline and is left alone; shared CPUs are always up.
 */
export function powerProblems(power: PowerOfCpus, strategy: PowerStrategy, host: CpusOfHost): string[] {
  if (host.dedicated.isEmpty) return ['the host has no dedicated CPU: there is nothing to power down'];
  const expected = (cpu: number): 'up' | 'down' =>
    host.shared.has(cpu) || host.held.has(cpu) ? 'up' : 'down';
  return [...host.dedicated.union(host.shared)]
    .filter((cpu) => cpu !== 0)
    .flatMap((cpu) => {
      const wanted = expected(cpu);
      const found = stateOf(cpu, power, strategy, host.shared.has(cpu));
      const kind = host.shared.has(cpu) ? 'shared' : host.held.has(cpu) ? 'held by a guest' : 'free';
      return found.state === wanted ? [] : [`CPU ${cpu}, ${kind}, is ${found.said}; expected ${wanted}`];
    });
}

function stateOf(
  cpu: number,
  { online, offline, cpus }: PowerOfCpus,
  strategy: PowerStrategy,
  shared: boolean,
): { readonly state: 'up' | 'down' | undefined; readonly said: string } {
  if (online.has(cpu) === offline.has(cpu)) return { state: undefined, said: 'neither online nor offline' };
  if (offline.has(cpu)) {
    // With governors no CPU is ever taken offline.
    return { state: strategy.name === 'cpu_state' ? 'down' : undefined, said: 'offline' };
  }
  if (strategy.name === 'cpu_state' || shared) return { state: 'up', said: 'online' };
  const governor = cpus.get(cpu)?.governor;
  const said = governor === undefined ? 'without a governor' : `with governor ${governor}`;
  if (governor === strategy.high) return { state: 'up', said };
  return { state: governor === strategy.low ? 'down' : undefined, said };
}
