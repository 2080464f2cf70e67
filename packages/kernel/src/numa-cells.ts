import type { CpuSet } from '@whitebox/core';
import type { Host, Limited } from '@whitebox/host';
import { readKernelFiles, type KernelFiles } from './kernel-files.js';

/** A NUMA node of the machine as /sys/devices/system/node has it. */
export interface NumaCell {
  readonly id: number;
  /** CPUs that are online. */
  readonly cpus: CpuSet;
  readonly memoryKib: number;
  readonly freeKib: number;
  /** Size of a page in KiB -> how many there are. */
  readonly hugepages: ReadonlyMap<number, HugepagePool>;
  /** Node -> distance; 10 is the node itself. */
  readonly distances: ReadonlyMap<number, number>;
}

/** Numbers of pages (Documentation/admin-guide/mm/hugetlbpage.rst of Linux). */
export interface HugepagePool {
  readonly total: number;
  readonly free: number;
  /** Of the total: beyond what was configured. */
  readonly surplus: number;
}

const NODE = '/sys/devices/system/node';

/** The files, as patterns of the shell. */
export const numaCellsPatterns: readonly string[] = [
  `${NODE}/online`,
  ...['cpulist', 'meminfo', 'distance'].map((name) => `${NODE}/node[0-9]*/${name}`),
  ...['nr', 'free', 'surplus'].map((name) => `${NODE}/node[0-9]*/hugepages/hugepages-*/${name}_hugepages`),
];

/**
 * All nodes that are online, by number.
 *
 * @throws KernelError `WB_KERNEL_UNREADABLE`, also on a kernel without NUMA; HostError
 */
export async function readNumaCells(host: Host, limits: Limited = {}): Promise<readonly NumaCell[]> {
  return numaCellsOf(await readKernelFiles(host, 'read the NUMA cells', numaCellsPatterns, limits));
}

function numaCellsOf(files: KernelFiles): readonly NumaCell[] {
  const online = files.cpuSet(`${NODE}/online`);
  return [...online].map((id) => {
    const node = `${NODE}/node${id}`;
    const pools = files.paths(new RegExp(`^${node}/hugepages/hugepages-(\\d+)kB/nr_hugepages$`));
    return {
      id,
      cpus: files.cpuSet(`${node}/cpulist`),
      memoryKib: meminfo(files, `${node}/meminfo`, 'MemTotal'),
      freeKib: meminfo(files, `${node}/meminfo`, 'MemFree'),
      hugepages: new Map(
        pools
          .map((match) => Number(match[1]))
          .sort((a, b) => a - b)
          .map((sizeKib) => {
            const pool = `${node}/hugepages/hugepages-${sizeKib}kB`;
            return [
              sizeKib,
              {
                total: files.integer(`${pool}/nr_hugepages`),
                free: files.integer(`${pool}/free_hugepages`),
                surplus: files.integer(`${pool}/surplus_hugepages`),
              },
            ];
          }),
      ),
      distances: distances(files, `${node}/distance`, online),
    };
  });
}

function meminfo(files: KernelFiles, path: string, name: string): number {
  const text = files.get(path);
  const match = new RegExp(`^Node \\d+ ${name}:\\s+(\\d+) kB$`, 'm').exec(text);
  if (match === null) throw files.notUnderstood(path, text);
  return Number(match[1]);
}

/** One number for each node that is online, in their order. */
function distances(files: KernelFiles, path: string, online: CpuSet): ReadonlyMap<number, number> {
  const text = files.get(path);
  const values = text.trim().split(/\s+/);
  if (values.length !== online.size) throw files.notUnderstood(path, text);
  return new Map(online.ids.map((id, index) => [id, files.toInteger(path, values[index] ?? '')]));
}
