import { CpuSet } from '@whitebox/core';
import type { GuestSnapshot } from '@whitebox/invariants';

/** What the database and Placement keep of a server, as JSON to be compared from step to step. */
export function rowsOf({ instance, extra, allocations }: GuestSnapshot): string {
  const rows = {
    instances:
      instance === null || instance === undefined
        ? instance
        : {
            host: instance.host,
            node: instance.node,
            vm_state: instance.vmState,
            task_state: instance.taskState,
            power_state: instance.powerState,
            vcpus: instance.vcpus,
            memory_mb: instance.memoryMiB,
          },
    numa_topology: extra?.numaTopology,
    migration_context: extra?.migrationContext,
    allocations,
  };
  return JSON.stringify(rows, plain, 2);
}

/** Sets as the kernel prints them, maps as objects; the JSON as it was stored says the same once more. */
function plain(key: string, value: unknown): unknown {
  if (key === 'raw') return undefined;
  if (value instanceof CpuSet) return value.toString();
  if (value instanceof Map) return Object.fromEntries(value);
  return typeof value === 'bigint' ? String(value) : value;
}
