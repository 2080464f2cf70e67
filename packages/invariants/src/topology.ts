import { CpuSet } from '@whitebox/core';
import type { InstanceExtra, InstanceNumaTopology, InstanceRow, MigrationRow } from '@whitebox/db';
import type { HostSnapshot } from './snapshot.js';
import { union } from './said.js';

type Cells = Pick<InstanceNumaTopology, 'cells'>;

export function dedicatedVcpus({ cells }: Cells): CpuSet {
  return union(cells.map(({ pcpuset }) => pcpuset));
}

export function pinning({ cells }: Cells): ReadonlyMap<number, number> {
  return new Map(cells.flatMap(({ cpuPinning }) => [...cpuPinning]));
}

export function reserved({ cells }: Cells): CpuSet {
  return union(cells.map(({ cpusetReserved }) => cpusetReserved));
}

/** CPUs of the host that are the guest's alone. */
export function held(topology: Cells): CpuSet {
  return CpuSet.from(pinning(topology).values()).union(reserved(topology));
}

/** A NUMA topology that the resource tracker of a host accounts for, and whose it is. */
export interface Usage {
  readonly uuid: string;
  readonly topology: InstanceNumaTopology;
}

/**
 * What the resource tracker of a host accounts for: its servers, and what migrations from and to it hold. Source:
 * _update_usage_from_instances and _update_usage_from_migration of nova/compute/resource_tracker.py.
 *
 * @returns undefined where something is under way that it may account for either way
 */
export function accounted(
  host: HostSnapshot & {
    readonly instances: readonly InstanceRow[];
    readonly extras: readonly InstanceExtra[];
  },
  migrations: readonly MigrationRow[],
): readonly Usage[] | undefined {
  const usages: Usage[] = [];
  const add = (uuid: string, topology: InstanceNumaTopology | null | undefined): void => {
    if (topology !== null && topology !== undefined) usages.push({ uuid, topology });
  };
  const extras = new Map(host.extras.map((extra) => [extra.instanceUuid, extra]));
  const here = host.instances.filter(
    ({ vmState }) => !['deleted', 'shelved_offloaded'].includes(vmState ?? ''),
  );
  for (const { uuid, taskState } of here) {
    if (taskState !== null) return undefined;
    add(uuid, extras.get(uuid)?.numaTopology);
  }
  for (const migration of migrations) {
    const { inProgress, instanceUuid, sourceCompute, destCompute, status, id } = migration;
    if (!inProgress || instanceUuid === null || ![sourceCompute, destCompute].includes(host.name)) continue;
    if (status !== 'finished') return undefined;
    const context = extras.get(instanceUuid)?.migrationContext;
    if (context?.migrationId === id && sourceCompute === host.name)
      add(instanceUuid, context.oldNumaTopology);
  }
  return usages;
}
