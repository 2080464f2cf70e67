/** Pages of one size that each cell sets aside. */
export interface HugepagePool {
  readonly sizeKiB: 2048 | 1048576;
  readonly perCell: number;
}

/** ACPI SLIT distances between cells; a cell is always 10 away from itself. */
export type CellDistances =
  | { readonly sameSocket: number; readonly otherSocket: number }
  /** distances[from][to], one row per cell */
  | readonly (readonly number[])[];

/**
 * The processors and memory that a host of the lab shows, whatever the machine has. All cells are alike.
 * CPUs are numbered as Linux usually does: first one thread of every core, cell by cell, then the second threads in the
 * same order, so the siblings are N and N + number of cores.
 */
export interface HostTopology {
  readonly sockets: number;
  /** NUMA cells of each socket */
  readonly cellsPerSocket: number;
  readonly coresPerCell: number;
  /** 2 is SMT */
  readonly threadsPerCore: 1 | 2;
  /** Shown, not taken: guests use the machine's memory as they touch it. */
  readonly memoryMiBPerCell: number;
  readonly distances: CellDistances;
  readonly hugepages: readonly HugepagePool[];
}

/** What the emulator has room for (topology/src/limits.h has the same numbers). */
const topologyLimits = { cpus: 512, cells: 16 } as const;

function numbers(count: number, first = 0): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

export function cellsOf(topology: HostTopology): number[] {
  return numbers(topology.sockets * topology.cellsPerSocket);
}

/** Cores of the whole host. */
function coreCount(topology: HostTopology): number {
  return topology.sockets * topology.cellsPerSocket * topology.coresPerCell;
}

/** CPUs (hardware threads) of one cell, ascending, or of the whole host. */
export function cpusOf(topology: HostTopology, cell?: number): number[] {
  const all = numbers(coreCount(topology) * topology.threadsPerCore);
  return cell === undefined ? all : all.filter((cpu) => cellOfCpu(topology, cpu) === cell);
}

/** Number of the core, counted over the whole host. */
export function coreOfCpu(topology: HostTopology, cpu: number): number {
  return cpu % coreCount(topology);
}

export function cellOfCpu(topology: HostTopology, cpu: number): number {
  return Math.floor(coreOfCpu(topology, cpu) / topology.coresPerCell);
}

export function socketOfCell(topology: HostTopology, cell: number): number {
  return Math.floor(cell / topology.cellsPerSocket);
}

export function socketOfCpu(topology: HostTopology, cpu: number): number {
  return socketOfCell(topology, cellOfCpu(topology, cpu));
}

/** All threads of the CPU's core, the CPU itself included, ascending. */
export function siblingsOf(topology: HostTopology, cpu: number): number[] {
  const core = coreOfCpu(topology, cpu);
  return numbers(topology.threadsPerCore).map((thread) => core + thread * coreCount(topology));
}

export function distanceBetween(topology: HostTopology, from: number, to: number): number {
  const { distances } = topology;
  if ('sameSocket' in distances) {
    if (from === to) return 10;
    return socketOfCell(topology, from) === socketOfCell(topology, to)
      ? distances.sameSocket
      : distances.otherSocket;
  }
  return distances[from]?.[to] ?? Number.NaN;
}

function hugepagesMiBPerCell(topology: HostTopology): number {
  return topology.hugepages.reduce((sum, { sizeKiB, perCell }) => sum + (sizeKiB / 1024) * perCell, 0);
}

/** Memory of a cell that stays outside of the hugepage pools, whatever is asked for; the emulator refuses more. */
const reservedMiBPerCell = 256;

/** Why a topology cannot be emulated, in sentences; none when it can. */
export function topologyProblems(topology: HostTopology): string[] {
  const problems: string[] = [];
  const whole = ['sockets', 'cellsPerSocket', 'coresPerCell', 'memoryMiBPerCell'] as const;
  for (const name of whole) {
    const value = topology[name];
    if (!Number.isInteger(value) || value < 1) problems.push(`${name} is ${value}; it must be at least 1.`);
  }
  if (problems.length > 0) return problems;
  const cells = cellsOf(topology);
  const cpus = coreCount(topology) * topology.threadsPerCore;
  if (cells.length > topologyLimits.cells) {
    problems.push(`${cells.length} cells are more than the ${topologyLimits.cells} that can be emulated.`);
  }
  if (cpus > topologyLimits.cpus) {
    problems.push(`${cpus} CPUs are more than the ${topologyLimits.cpus} that can be emulated.`);
  }
  const sizes = topology.hugepages.map(({ sizeKiB }) => sizeKiB);
  if (new Set(sizes).size < sizes.length) problems.push('A size of hugepages is named twice.');
  for (const { sizeKiB, perCell } of topology.hugepages) {
    if (!Number.isInteger(perCell) || perCell < 0) {
      problems.push(`${perCell} hugepages of ${sizeKiB} KiB per cell make no sense.`);
    }
  }
  const free = topology.memoryMiBPerCell - hugepagesMiBPerCell(topology);
  if (free < reservedMiBPerCell) {
    problems.push(
      `Hugepages leave ${free} MiB of each cell's ${topology.memoryMiBPerCell}; at least ${reservedMiBPerCell} must stay.`,
    );
  }
  return [...problems, ...distanceProblems(topology)];
}

/** Linux takes a SLIT table only if it is square and symmetric, 10 on the diagonal and more elsewhere. */
function distanceProblems(topology: HostTopology): string[] {
  const cells = cellsOf(topology);
  if (!('sameSocket' in topology.distances)) {
    const rows = [topology.distances, ...topology.distances];
    if (rows.some((row) => row.length !== cells.length)) {
      return [`The table of distances must have ${cells.length} rows of ${cells.length} numbers.`];
    }
  }
  const problems = new Set<string>();
  for (const from of cells) {
    for (const to of cells) {
      const distance = distanceBetween(topology, from, to);
      if (from === to && distance !== 10) problems.add('A cell must be 10 away from itself.');
      if (from !== to && !(Number.isInteger(distance) && distance > 10 && distance < 255)) {
        problems.add('Distances between cells must be whole numbers from 11 to 254.');
      }
      if (distance !== distanceBetween(topology, to, from)) problems.add('Distances must be symmetric.');
    }
  }
  return [...problems];
}
