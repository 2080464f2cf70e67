import type { HostCapacity } from '../capacity.js';

/** Dedicated CPUs that were free when the run began, in each cell of each host that has any. */
export type Room = readonly (readonly number[])[];

export function roomOf(hosts: readonly HostCapacity[]): Room {
  return hosts
    .filter(({ cells }) => cells.some(({ dedicated }) => !dedicated.isEmpty))
    .map(({ cells }) => cells.map(({ dedicated, taken }) => dedicated.difference(taken).size));
}

/**
 * Whether each of these numbers of dedicated CPUs finds one cell that holds it, on every host, wherever Nova has put the
 * others: it fills cells in an order that we do not know.
 */
export function fit(wanted: readonly number[], room: Room): boolean {
  const claimed = wanted.filter((count) => count > 0);
  if (claimed.length === 0) return true;
  const total = sum(claimed);
  if (room.length === 0) return false;
  return room.every((cells) => claimed.every((count) => total - count < blocking(count, cells)));
}

/** The least number of CPUs that leaves no cell with so many free. */
function blocking(count: number, cells: readonly number[]): number {
  return sum(cells.map((free) => Math.max(0, free - count + 1)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
