import { CpuSet } from '@whitebox/core';
import {
  cellOfCpu,
  cellsOf,
  coreOfCpu,
  cpusOf,
  distanceBetween,
  siblingsOf,
  socketOfCpu,
  type HostTopology,
} from './host-topology.js';

/** A file or a symbolic link of the fabricated tree, by its path below it. */
export type TreeEntry =
  { readonly path: string; readonly content: string } | { readonly path: string; readonly target: string };

/** The kernel's mask format: `000f`, or 32 bits at a time: `00000000,0000000f`. */
export function formatCpuMap(cpus: readonly number[], bits: number): string {
  const words: string[] = [];
  for (let first = 0; first < bits; first += 32) {
    const word = cpus
      .filter((cpu) => cpu >= first && cpu < first + 32)
      .reduce((sum, cpu) => sum + 2 ** (cpu - first), 0);
    const digits = Math.ceil(Math.min(32, bits - first) / 4);
    words.unshift(word.toString(16).padStart(digits, '0'));
  }
  return words.join(',');
}

/**
 * What is bound over /sys/devices/system/cpu (`cpu`), /sys/devices/system/node (`node`), /sys/kernel/mm/hugepages (`hugepages`) and
 * files of /proc/sys/vm (`vm`). Files that change while the host runs hold their first value; processes of the host see
 * what the supervisor makes of them.
 */
export function topologyTree(topology: HostTopology): TreeEntry[] {
  return [...cpuTree(topology), ...nodeTree(topology), ...hugepageTree(topology)];
}

function files(folder: string, contents: Readonly<Record<string, string | number>>): TreeEntry[] {
  return Object.entries(contents).map(([name, content]) => ({
    path: `${folder}/${name}`,
    content: `${content}\n`,
  }));
}

function cpuTree(topology: HostTopology): TreeEntry[] {
  const cpus = cpusOf(topology);
  const all = CpuSet.from(cpus).toString();
  const smt = topology.threadsPerCore > 1;
  return [
    ...files('cpu', {
      ...{ online: all, possible: all, present: all, offline: '', isolated: '', nohz_full: '' },
      kernel_max: 8191,
      'smt/active': smt ? 1 : 0,
      'smt/control': smt ? 'on' : 'notsupported',
    }),
    ...cpus.flatMap((cpu) => oneCpu(topology, cpu)),
  ];
}

function oneCpu(topology: HostTopology, cpu: number): TreeEntry[] {
  const folder = `cpu/cpu${cpu}`;
  const cell = cellOfCpu(topology, cpu);
  const siblings = siblingsOf(topology, cpu);
  const inSocket = cpusOf(topology).filter(
    (other) => socketOfCpu(topology, other) === socketOfCpu(topology, cpu),
  );
  const bits = cpusOf(topology).length;
  const sets = {
    ...{ thread_siblings: siblings, core_cpus: siblings, cluster_cpus: siblings },
    ...{ core_siblings: inSocket, package_cpus: inSocket, die_cpus: inSocket },
  };
  return [
    // Linux cannot take CPU 0 of an x86 machine offline, and has no such file for it.
    ...(cpu === 0 ? [] : files(folder, { online: 1 })),
    ...files(`${folder}/topology`, {
      core_id: coreInSocket(topology, cpu),
      physical_package_id: socketOfCpu(topology, cpu),
      die_id: 0,
      cluster_id: 65535,
      ...Object.fromEntries(
        Object.entries(sets).flatMap(([name, members]) => [
          [name, formatCpuMap(members, bits)],
          [`${name}_list`, CpuSet.from(members).toString()],
        ]),
      ),
    }),
    ...caches(topology, cpu),
    ...frequency(folder, cpu),
    { path: `${folder}/node${cell}`, target: `../../node/node${cell}` },
    { path: `${folder}/subsystem`, target: '../../../../bus/cpu' },
  ];
}

export function coreInSocket(topology: HostTopology, cpu: number): number {
  return coreOfCpu(topology, cpu) % (topology.coresPerCell * topology.cellsPerSocket);
}

/** Two caches of each core and one of each cell. */
function caches(topology: HostTopology, cpu: number): TreeEntry[] {
  const core = siblingsOf(topology, cpu);
  const cell = cellOfCpu(topology, cpu);
  const ofCore = { cpus: core, id: coreOfCpu(topology, cpu) };
  const ofCell = { cpus: cpusOf(topology, cell), id: cell };
  const rows = [
    { level: 1, type: 'Data', sizeKiB: 32, ways: 8, ...ofCore },
    { level: 1, type: 'Instruction', sizeKiB: 32, ways: 8, ...ofCore },
    { level: 2, type: 'Unified', sizeKiB: 1024, ways: 16, ...ofCore },
    { level: 3, type: 'Unified', sizeKiB: 16384, ways: 16, ...ofCell },
  ];
  const bits = cpusOf(topology).length;
  return rows.flatMap(({ level, type, sizeKiB, ways, cpus, id }, index) =>
    files(`cpu/cpu${cpu}/cache/index${index}`, {
      ...{ level, type, id, size: `${sizeKiB}K` },
      ...{ shared_cpu_map: formatCpuMap(cpus, bits), shared_cpu_list: CpuSet.from(cpus).toString() },
      ...{ coherency_line_size: 64, ways_of_associativity: ways, physical_line_partition: 1 },
      number_of_sets: (sizeKiB * 1024) / 64 / ways,
    }),
  );
}

/** Nova's `[libvirt]cpu_power_management_strategy = governor` (nova/virt/libvirt/cpu/core.py) reads and writes scaling_governor. */
function frequency(folder: string, cpu: number): TreeEntry[] {
  return files(`${folder}/cpufreq`, {
    ...{ scaling_governor: 'performance', scaling_available_governors: 'performance powersave' },
    ...{ scaling_driver: 'intel_cpufreq', affected_cpus: cpu, related_cpus: cpu },
    ...{ cpuinfo_min_freq: 1000000, cpuinfo_max_freq: 2600000 },
    ...{ scaling_min_freq: 1000000, scaling_max_freq: 2600000, scaling_cur_freq: 2600000 },
  });
}

function nodeTree(topology: HostTopology): TreeEntry[] {
  const all = CpuSet.from(cellsOf(topology)).toString();
  return [
    ...files('node', {
      ...{ online: all, possible: all, has_cpu: all, has_memory: all, has_normal_memory: all },
      has_generic_initiator: '',
    }),
    ...cellsOf(topology).flatMap((cell) => oneNode(topology, cell)),
  ];
}

function oneNode(topology: HostTopology, cell: number): TreeEntry[] {
  const folder = `node/node${cell}`;
  const cpus = cpusOf(topology, cell);
  const totalKiB = topology.memoryMiBPerCell * 1024;
  const counters = ['numa_hit', 'numa_miss', 'numa_foreign', 'interleave_hit', 'local_node', 'other_node'];
  return [
    ...files(folder, {
      cpulist: CpuSet.from(cpus).toString(),
      cpumap: formatCpuMap(cpus, cpusOf(topology).length),
      distance: cellsOf(topology)
        .map((other) => distanceBetween(topology, cell, other))
        .join(' '),
      meminfo: `Node ${cell} MemTotal: ${totalKiB} kB`,
      numastat: counters.map((name) => `${name} 0`).join('\n'),
    }),
    ...topology.hugepages.flatMap(({ sizeKiB, perCell }) =>
      files(`${folder}/hugepages/hugepages-${sizeKiB}kB`, {
        nr_hugepages: perCell,
        free_hugepages: perCell,
        surplus_hugepages: 0,
      }),
    ),
    ...cpus.map((cpu) => ({ path: `${folder}/cpu${cpu}`, target: `../../cpu/cpu${cpu}` })),
  ];
}

function hugepageTree(topology: HostTopology): TreeEntry[] {
  const cells = cellsOf(topology).length;
  const ofSize = topology.hugepages.flatMap(({ sizeKiB, perCell }) =>
    files(`hugepages/hugepages-${sizeKiB}kB`, {
      nr_hugepages: perCell * cells,
      nr_hugepages_mempolicy: perCell * cells,
      free_hugepages: perCell * cells,
      ...{ resv_hugepages: 0, surplus_hugepages: 0, nr_overcommit_hugepages: 0 },
    }),
  );
  const usual = topology.hugepages.find(({ sizeKiB }) => sizeKiB === 2048);
  return [...ofSize, ...files('vm', { nr_hugepages: (usual?.perCell ?? 0) * cells })];
}
