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

/** What a server has, or has on one side of a move and on the other; null: no NUMA there. */
export function eitherSide(
  extra: InstanceExtra | null | undefined,
): readonly (InstanceNumaTopology | null)[] {
  if (extra === null || extra === undefined) return [];
  const { numaTopology, migrationContext } = extra;
  if (migrationContext === null) return [numaTopology];
  return [migrationContext.oldNumaTopology, migrationContext.newNumaTopology];
}

/** A NUMA topology that the resource tracker of a host accounts for, and whose it is. */
export interface Usage {
  readonly uuid: string;
  readonly topology: InstanceNumaTopology;
}

/** What the resource tracker of a host accounts for in any case, and what it may account for beside that. */
export interface Accounted {
  readonly surely: readonly Usage[];
  /** Of servers that are under way: either side of their move. */
  readonly maybe: readonly Usage[];
}

/**
 * What the resource tracker of a host accounts for: its servers, and what migrations from and to it hold. Source:
 * _update_usage_from_instances and _update_usage_from_migration of nova/compute/resource_tracker.py.
 */
export function accounted(
  host: HostSnapshot & {
    readonly instances: readonly InstanceRow[];
    readonly extras: readonly InstanceExtra[];
  },
  migrations: readonly MigrationRow[],
): Accounted {
  const surely: Usage[] = [];
  const extras = new Map(host.extras.map((extra) => [extra.instanceUuid, extra]));
  const here = host.instances.filter(
    ({ vmState }) => !['deleted', 'shelved_offloaded'].includes(vmState ?? ''),
  );
  const moves = migrations.filter(
    ({ inProgress, sourceCompute, destCompute }) =>
      inProgress && [sourceCompute, destCompute].includes(host.name),
  );
  const flying = new Set([
    ...here.flatMap(({ uuid, taskState }) => (taskState === null ? [] : [uuid])),
    ...moves.flatMap(({ instanceUuid, status }) =>
      instanceUuid === null || status === 'finished' ? [] : [instanceUuid],
    ),
  ]);
  const add = (uuid: string, topology: InstanceNumaTopology | null | undefined): void => {
    if (topology !== null && topology !== undefined && !flying.has(uuid)) surely.push({ uuid, topology });
  };
  for (const { uuid } of here) add(uuid, extras.get(uuid)?.numaTopology);
  for (const { instanceUuid, sourceCompute, id } of moves) {
    const context = extras.get(instanceUuid ?? '')?.migrationContext;
    if (instanceUuid !== null && context?.migrationId === id && sourceCompute === host.name)
      add(instanceUuid, context.oldNumaTopology);
  }
  const maybe = [...flying].flatMap((uuid) =>
    eitherSide(extras.get(uuid)).flatMap((topology) => (topology === null ? [] : [{ uuid, topology }])),
  );
  return { surely, maybe };
}
