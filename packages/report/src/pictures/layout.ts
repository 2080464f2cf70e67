import { cpuSet } from './guest-marks.js';
import type { CellPicture, HostPicture } from './model.js';

/** A rectangle in units of the picture; one is a pixel unless it is scaled. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface CpuBox extends Box {
  readonly cpu: number;
}

export interface CellBox extends Box {
  readonly cell: CellPicture;
  readonly cores: readonly Box[];
  readonly cpus: readonly CpuBox[];
  /** Where its pools of hugepages are drawn, in the order of `cell.pages`. */
  readonly pools: readonly Box[];
}

export interface SocketBox extends Box {
  readonly socket: number;
  readonly cells: readonly CellBox[];
}

export interface HostLayout extends Pick<Box, 'width' | 'height'> {
  readonly sockets: readonly SocketBox[];
  /** CPUs are drawn small, without room for emulators and names. */
  readonly dense: boolean;
}

/** From so many CPUs on they are drawn small. */
const denseFrom = 49;
const gap = 8;
const header = 18;
const poolHeight = 30;
/** Wide enough for the words beside a pool of hugepages. */
const leastCellWidth = 200;
const sockets = { perRow: 2 };

interface Sizes {
  readonly cpu: { readonly width: number; readonly height: number };
  readonly corePadding: number;
  readonly coreGap: number;
}

const normal: Sizes = { cpu: { width: 46, height: 55 }, corePadding: 3, coreGap: 6 };
const small: Sizes = { cpu: { width: 25, height: 22 }, corePadding: 2, coreGap: 4 };

/** Sockets beside one another, in each its NUMA cells below one another, in each its cores in rows. */
export function layoutOf(host: HostPicture): HostLayout {
  const cpus = host.cells.flatMap(({ cores }) => cores.flatMap((core) => cpuSet(core).ids));
  const dense = cpus.length >= denseFrom;
  const boxes: SocketBox[] = [];
  let [x, y, rowHeight, width] = [0, 0, 0, 0];
  for (const [index, socket] of [...new Set(host.cells.map((cell) => cell.socket))].entries()) {
    if (index > 0 && index % sockets.perRow === 0) {
      [x, y, rowHeight] = [0, y + rowHeight + gap, 0];
    }
    const cells = host.cells.filter((cell) => cell.socket === socket);
    const box = layOutSocket(socket, cells, { x, y }, dense ? small : normal);
    boxes.push(box);
    x += box.width + gap;
    width = Math.max(width, x - gap);
    rowHeight = Math.max(rowHeight, box.height);
  }
  return { width, height: y + rowHeight, sockets: boxes, dense };
}

function layOutSocket(
  socket: number,
  cells: readonly CellPicture[],
  at: Pick<Box, 'x' | 'y'>,
  sizes: Sizes,
): SocketBox {
  const boxes: CellBox[] = [];
  let y = at.y + header;
  for (const cell of cells) {
    const box = layOutCell(cell, { x: at.x + gap, y }, sizes);
    boxes.push(box);
    y += box.height + gap;
  }
  const width = Math.max(...boxes.map((box) => box.width)) + 2 * gap;
  return { socket, cells: boxes, ...at, width, height: y - at.y };
}

function layOutCell(cell: CellPicture, at: Pick<Box, 'x' | 'y'>, sizes: Sizes): CellBox {
  const { cpu, corePadding, coreGap } = sizes;
  const threads = cell.cores.map((core) => cpuSet(core).ids);
  const most = Math.max(1, ...threads.map(({ length }) => length));
  const core = {
    width: most * cpu.width + (most - 1) * 2 + 2 * corePadding,
    height: cpu.height + 2 * corePadding,
  };
  const perRow = Math.max(1, Math.ceil(Math.sqrt((cell.cores.length * core.height * 1.6) / core.width)));
  const cores = threads.map((_, index) => ({
    x: at.x + gap + (index % perRow) * (core.width + coreGap),
    y: at.y + header + 2 + Math.floor(index / perRow) * (core.height + coreGap),
    ...core,
  }));
  const cpus = cores.flatMap((box, index) =>
    (threads[index] ?? []).map((id, thread) => ({
      cpu: id,
      x: box.x + corePadding + thread * (cpu.width + 2),
      y: box.y + corePadding,
      ...cpu,
    })),
  );
  const bottom = Math.max(at.y + header, ...cores.map((box) => box.y + box.height));
  const inner = Math.max(leastCellWidth, ...cores.map((box) => box.x + box.width - at.x - gap));
  const pools = cell.pages.map((_, index) => ({
    x: at.x + gap,
    y: bottom + gap + index * poolHeight,
    width: inner,
    height: poolHeight - 6,
  }));
  const height = bottom - at.y + gap + pools.length * poolHeight;
  return { cell, cores, cpus, pools, ...at, width: inner + 2 * gap, height };
}
