import type { CellCapacity, HostCapacity } from './capacity.js';
import type { Need } from './needs.js';

/** What each of several NUMA cells of a host must have. */
export interface CellsWanted {
  /** At least so many cells that have all of it; default 1. */
  readonly cells?: number | undefined;
  /** Dedicated CPUs that no guest holds. */
  readonly dedicated?: number | undefined;
  readonly shared?: number | undefined;
  /** Hugepages of this size (KiB) that are free. */
  readonly hugepages?: { readonly sizeKib: number; readonly count: number } | undefined;
  /** On at least so many hosts; default 1. */
  readonly hosts?: number | undefined;
}

/** Hosts with several NUMA cells, or with hugepages in their cells, each cell with all of this. */
export function numaCells(wanted: CellsWanted): Need {
  const { cells = 1, hosts: wantedHosts = 1 } = wanted;
  const of = `${cells} NUMA ${cells === 1 ? 'cell' : 'cells'}`;
  return {
    text: `${wantedHosts} ${wantedHosts === 1 ? 'compute' : 'computes'} with ${of} of ${describe(wanted)}`,
    missing: async (found) => {
      const hosts = await found.capacity();
      const enough = (now: boolean): boolean =>
        hosts.filter((host) => host.cells.filter((cell) => has(cell, wanted, now)).length >= cells).length >=
        wantedHosts;
      return enough(true)
        ? undefined
        : {
            evidence: hosts.map((host) => show(host, wanted)).join('; ') || 'no compute',
            transient: enough(false),
          };
    },
  };
}

/** @param now whether what guests hold counts as missing */
function has(
  cell: CellCapacity,
  { dedicated = 0, shared = 0, hugepages }: CellsWanted,
  now: boolean,
): boolean {
  const pages = hugepages === undefined ? undefined : cell.hugepages.get(hugepages.sizeKib);
  const free = now ? cell.dedicated.difference(cell.taken) : cell.dedicated;
  return (
    free.size >= dedicated &&
    cell.shared.size >= shared &&
    (hugepages === undefined || ((now ? pages?.free : pages?.total) ?? 0) >= hugepages.count)
  );
}

function describe({ dedicated = 0, shared = 0, hugepages }: CellsWanted): string {
  return [
    ...(dedicated > 0 ? [`${dedicated} free dedicated CPUs`] : []),
    ...(shared > 0 ? [`${shared} shared CPUs`] : []),
    ...(hugepages === undefined ? [] : [`${hugepages.count} free pages of ${hugepages.sizeKib} KiB`]),
  ].join(', ');
}

function show({ name, cells }: HostCapacity, { dedicated, shared, hugepages }: CellsWanted): string {
  const each = cells.map((cell) => {
    const pages = hugepages === undefined ? undefined : cell.hugepages.get(hugepages.sizeKib);
    return [
      ...(dedicated === undefined ? [] : [`${cell.dedicated.difference(cell.taken).size} dedicated`]),
      ...(shared === undefined ? [] : [`${cell.shared.size} shared`]),
      ...(hugepages === undefined ? [] : [`${pages?.free ?? 0} pages`]),
    ].join(' ');
  });
  return `${name}: ${each.map((text, index) => `cell ${cells[index]?.id ?? index} ${text}`).join(', ') || 'no cell'}`;
}
