import { CpuSet } from '@whitebox/core';
import type { Host, Limited } from '@whitebox/host';
import { readKernelFiles, type KernelFiles } from './kernel-files.js';

/** CPUs of a machine as /sys/devices/system/cpu has them (Documentation/admin-guide/cputopology.rst of Linux). */
export interface CpuTopology {
  readonly online: CpuSet;
  readonly offline: CpuSet;
  readonly possible: CpuSet;
  /** CPUs that the kernel's own scheduling leaves alone (`isolcpus=`). */
  readonly isolated: CpuSet;
  /** Each CPU that is online, by number; the kernel says nothing about those that are offline. */
  readonly cpus: ReadonlyMap<number, KernelCpu>;
}

export interface KernelCpu {
  readonly id: number;
  readonly socket: number;
  readonly die: number | undefined;
  /** Unique within the socket (and die) only. */
  readonly core: number;
  /** Threads of the same core, this one included. */
  readonly siblings: CpuSet;
  /** undefined on a kernel without NUMA. */
  readonly numaNode: number | undefined;
  /** performance, powersave, ...; undefined where the frequency cannot be controlled. */
  readonly governor: string | undefined;
}

const CPU = '/sys/devices/system/cpu';
const NODE = '/sys/devices/system/node';

/** The files, as patterns of the shell. */
export const cpuTopologyPatterns: readonly string[] = [
  ...['online', 'offline', 'possible', 'isolated'].map((name) => `${CPU}/${name}`),
  ...['physical_package_id', 'die_id', 'core_id', 'thread_siblings_list'].map(
    (name) => `${CPU}/cpu[0-9]*/topology/${name}`,
  ),
  `${CPU}/cpu[0-9]*/cpufreq/scaling_governor`,
  `${NODE}/node[0-9]*/cpulist`,
];

/**
 * @throws KernelError `WB_KERNEL_UNREADABLE`; HostError
 */
export async function readCpuTopology(host: Host, limits: Limited = {}): Promise<CpuTopology> {
  return cpuTopologyOf(await readKernelFiles(host, 'read the CPU topology', cpuTopologyPatterns, limits));
}

function cpuTopologyOf(files: KernelFiles): CpuTopology {
  const online = files.cpuSet(`${CPU}/online`);
  const nodes = files
    .paths(/\/node(\d+)\/cpulist$/)
    .map((match) => ({ id: Number(match[1]), cpus: files.cpuSet(match.input) }));
  return {
    online,
    offline: CpuSet.parse(files.find(`${CPU}/offline`) ?? '', 'kernel'),
    possible: files.cpuSet(`${CPU}/possible`),
    isolated: CpuSet.parse(files.find(`${CPU}/isolated`) ?? '', 'kernel'),
    cpus: new Map(
      [...online].map((id) => {
        const topology = `${CPU}/cpu${id}/topology`;
        const cpu: KernelCpu = {
          id,
          socket: files.integer(`${topology}/physical_package_id`),
          die: files.findInteger(`${topology}/die_id`),
          core: files.integer(`${topology}/core_id`),
          siblings: files.cpuSet(`${topology}/thread_siblings_list`),
          numaNode: nodes.find(({ cpus }) => cpus.has(id))?.id,
          governor: files.find(`${CPU}/cpu${id}/cpufreq/scaling_governor`),
        };
        return [id, cpu];
      }),
    ),
  };
}
