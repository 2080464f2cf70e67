import { CpuSet } from '@whitebox/core';
import type { GuestMemory } from '@whitebox/kernel';
import type { Domain, GuestNumaCell } from '@whitebox/libvirt-xml';
import type { Layers } from './layers.js';
import { alignRows } from './align-rows.js';

/** What a domain XML, live or inactive, says about the memory of a guest. */
export type XmlMemory = Pick<Domain, 'numaTune' | 'memoryBacking'> & {
  readonly cells: readonly Pick<GuestNumaCell, 'id' | 'cpus' | 'memoryKib'>[];
};

/** One cell of `instance_extra.numa_topology`; its position is the number of the guest's cell. */
export interface DatabaseMemory {
  readonly hostCell: number;
  readonly memoryMib: number;
  /** KiB; null where the guest asks for no page size. */
  readonly pagesizeKib: number | null;
}

export interface MemoryEvidence {
  readonly serverName: string;
  readonly hostName: string;
  readonly live: XmlMemory;
  readonly inactive: XmlMemory;
  /** null: the guest has no NUMA topology. */
  readonly database: readonly DatabaseMemory[] | null;
  readonly kernel: readonly GuestMemory[];
  /** Ordinary pages of the host, KiB. */
  readonly basePageKib: number;
}

/** Where the memory of one guest cell is, as the live XML has it. */
export interface CellMemory {
  readonly guestCell: number;
  /** vCPUs of the cell. */
  readonly vcpus: CpuSet;
  readonly memoryKib: number;
  /** NUMA nodes of the host that it is bound to; empty where it is not. */
  readonly nodes: CpuSet;
  /** KiB: that of hugepages, or of the host's ordinary pages. */
  readonly pageSizeKib: number;
}

/**
 * Where the memory of a guest comes from, as domain XML, inactive XML, database and kernel have it. The rules are those of
 * nova/virt/libvirt/driver.py: _get_guest_numa_config binds each guest cell to its host cell with a strict memnode, and
 * _get_memory_backing_hugepages_support names no page size for cells of ordinary pages.
 */
export class MemoryPlacement implements Layers {
  readonly #evidence: MemoryEvidence;

  constructor(evidence: MemoryEvidence) {
    this.#evidence = evidence;
  }

  get serverName(): string {
    return this.#evidence.serverName;
  }

  get hostName(): string {
    return this.#evidence.hostName;
  }

  get vacuous(): string | undefined {
    const pages = this.#evidence.kernel.flatMap((memory) => [...memory.pages.values()]);
    return pages.some((count) => count > 0) ? undefined : 'the kernel shows no page of the memory';
  }

  /** The guest's cells in order. */
  get cells(): readonly CellMemory[] {
    return this.#cellsOf(this.#evidence.live);
  }

  /** Sizes of the pages of all cells, KiB; each once, in order. */
  get pageSizesKib(): readonly number[] {
    return [...new Set(this.cells.map(({ pageSizeKib }) => pageSizeKib))].sort((a, b) => a - b);
  }

  /** Host cell -> hugepages of one size that the guest should hold, as the live XML has it. */
  hugepages(sizeKib: number): ReadonlyMap<number, number> {
    const held = new Map<number, number>();
    for (const { nodes, memoryKib, pageSizeKib } of this.cells) {
      const [node] = nodes;
      if (pageSizeKib !== sizeKib || node === undefined) continue;
      held.set(node, (held.get(node) ?? 0) + memoryKib / sizeKib);
    }
    return held;
  }

  disagreements(): string[] {
    return [...this.#xmlAgainstInactive(), ...this.#xmlAgainstDatabase(), ...this.#xmlAgainstKernel()];
  }

  table(): string {
    const { inactive, database } = this.#evidence;
    const kernel = this.#kernel();
    const others = this.#cellsOf(inactive);
    const rows = this.cells.map((cell, index) => {
      const row = database?.[index];
      const memory = kernel.get(cell.guestCell);
      return [
        `cell ${cell.guestCell}`,
        showCell(cell),
        showCell(others[index]),
        row === undefined
          ? '-'
          : `${row.memoryMib * 1024} KiB in ${row.pagesizeKib ?? 'any'} on ${row.hostCell}`,
        memory === undefined ? 'none' : showKernel(memory),
      ];
    });
    return alignRows([['', 'domain XML', 'inactive XML', 'database', 'kernel'], ...rows]);
  }

  *#xmlAgainstInactive(): Generator<string> {
    const { live, inactive } = this.#evidence;
    const others = this.#cellsOf(inactive);
    if (others.length !== this.cells.length) {
      yield `domain XML has ${this.cells.length} cells, inactive XML ${others.length}`;
    }
    for (const [index, cell] of this.cells.entries()) {
      const [one, other] = [showCell(cell), showCell(others[index])];
      if (one !== other) yield `memory of cell ${cell.guestCell}: domain XML ${one}, inactive XML ${other}`;
    }
    const [one, other] = [live, inactive].map(({ numaTune }) => showPlacement(numaTune?.memory));
    if (one !== other) yield `numatune memory: domain XML ${one}, inactive XML ${other}`;
  }

  *#xmlAgainstDatabase(): Generator<string> {
    const { live, database, basePageKib } = this.#evidence;
    if (database === null) {
      if (live.numaTune !== undefined) yield 'domain XML has numatune, but the database has no NUMA topology';
      return;
    }
    if (database.length !== this.cells.length) {
      yield `domain XML has ${this.cells.length} cells, database ${database.length}`;
    }
    for (const [index, { hostCell, memoryMib, pagesizeKib }] of database.entries()) {
      const said = `${memoryMib * 1024} KiB in ${pagesizeKib ?? basePageKib} on ${hostCell}`;
      const found = showCell(this.cells[index]);
      if (said !== found) yield `memory of cell ${index}: domain XML ${found}, database ${said}`;
      const placement = live.numaTune?.memNodes.get(index);
      if (placement?.mode !== 'strict')
        yield `memnode ${index}: domain XML ${showPlacement(placement)}, not strict`;
    }
    const nodes = CpuSet.of(...database.map(({ hostCell }) => hostCell)).toString();
    const whole = showPlacement(live.numaTune?.memory);
    if (whole !== `strict ${nodes}`) yield `numatune memory: domain XML ${whole}, database strict ${nodes}`;
  }

  /** QEMU binds each backend (`host-nodes`, `policy=bind`) and touches all of a backend of hugepages (`prealloc`). */
  *#xmlAgainstKernel(): Generator<string> {
    const { basePageKib, database } = this.#evidence;
    if (database === null) return;
    const kernel = this.#kernel();
    for (const { guestCell, memoryKib, nodes, pageSizeKib } of this.cells) {
      const memory = kernel.get(guestCell);
      const where = `memory of cell ${guestCell}`;
      if (memory === undefined) {
        yield `${where}: the kernel has no mapping for it`;
        continue;
      }
      for (const { policy, policyNodes } of memory.mappings) {
        if (policy !== 'bind' || policyNodes?.equals(nodes) !== true) {
          yield `${where}: domain XML binds it to ${show(nodes)}, kernel policy ${policy} ${show(policyNodes)}`;
        }
      }
      const elsewhere = [...memory.pages].filter(([node, count]) => count > 0 && !nodes.has(node));
      for (const [node, count] of elsewhere) {
        yield `${where}: domain XML binds it to ${show(nodes)}, kernel has ${count} pages on ${node}`;
      }
      if (memory.pageSizeKib !== undefined && memory.pageSizeKib !== pageSizeKib) {
        yield `${where}: domain XML has pages of ${pageSizeKib} KiB, kernel of ${memory.pageSizeKib} KiB`;
      }
      const there = [...memory.pages.values()].reduce((sum, count) => sum + count, 0) * pageSizeKib;
      if (pageSizeKib !== basePageKib && there !== memoryKib) {
        yield `${where}: domain XML has ${memoryKib} KiB in hugepages, kernel ${there} KiB`;
      }
    }
  }

  /**
   * Guest cell -> its memory. A process does not name its mappings: of backends of the same size each cell gets one that
   * is where the XML says, as long as there is any. So two such cells that lie on each other's nodes are not noticed.
   */
  #kernel(): ReadonlyMap<number, GuestMemory> {
    const left = new Set(this.#evidence.kernel);
    const found = new Map<number, GuestMemory>();
    const isBound =
      (nodes: CpuSet) =>
      ({ mappings }: GuestMemory): boolean =>
        mappings.every(({ policyNodes }) => policyNodes?.equals(nodes) === true);
    const take = (cell: CellMemory, fits: (memory: GuestMemory) => boolean): void => {
      const memory = [...left].find((each) => each.sizeKib === cell.memoryKib && fits(each));
      if (memory === undefined || found.has(cell.guestCell)) return;
      left.delete(memory);
      found.set(cell.guestCell, memory);
    };
    for (const cell of this.cells) take(cell, isBound(cell.nodes));
    for (const cell of this.cells) take(cell, () => true);
    return found;
  }

  #cellsOf({ cells, numaTune, memoryBacking }: XmlMemory): readonly CellMemory[] {
    return cells.map(({ id, cpus, memoryKib }) => {
      const pages =
        memoryBacking.hugepages?.find(({ nodeset }) => nodeset?.has(id) === true) ??
        memoryBacking.hugepages?.find(({ nodeset }) => nodeset === undefined);
      return {
        guestCell: id,
        vcpus: cpus,
        memoryKib,
        nodes: numaTune?.memNodes.get(id)?.nodeset ?? CpuSet.empty,
        pageSizeKib: pages?.sizeKib ?? this.#evidence.basePageKib,
      };
    });
  }
}

function showCell(cell: CellMemory | undefined): string {
  return cell === undefined ? 'none' : `${cell.memoryKib} KiB in ${cell.pageSizeKib} on ${show(cell.nodes)}`;
}

function showKernel({ pages, pageSizeKib, mappings }: GuestMemory): string {
  const [first] = mappings;
  const counts = [...pages].map(([node, count]) => `${count} on ${node}`).join(' and ') || 'no pages';
  return `${first?.policy ?? 'none'} ${show(first?.policyNodes)}: ${counts} of ${pageSizeKib ?? '?'} KiB`;
}

function showPlacement(
  placement: { readonly mode: string; readonly nodeset: CpuSet | undefined } | undefined,
): string {
  return placement === undefined ? 'none' : `${placement.mode} ${show(placement.nodeset)}`;
}

function show(nodes: CpuSet | undefined): string {
  return nodes === undefined || nodes.isEmpty ? 'nothing' : nodes.toString();
}
