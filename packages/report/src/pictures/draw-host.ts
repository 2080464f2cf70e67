import { markup, type Content, type Html } from '../html.js';
import { drawCpu, type CpuSets } from './draw-cpu.js';
import { drawPool } from './draw-pool.js';
import { cpuSet, guestMarks, type GuestMark } from './guest-marks.js';
import { layoutOf, type CellBox, type SocketBox } from './layout.js';
import type { HostPicture } from './model.js';
import { disagreementsOn, occupancyOf, type Occupancy } from './occupancy.js';

/** How wide the line is that the outermost boxes are drawn with. */
const margin = 1;

interface Drawing {
  readonly host: HostPicture;
  readonly marks: ReadonlyMap<string, GuestMark>;
  readonly occupancy: ReadonlyMap<number, Occupancy>;
  readonly sets: CpuSets;
  readonly dense: boolean;
}

/**
 * A host as its sockets, NUMA cells, cores and threads, with who may run where. It is an SVG element for a page that has
 * {@link pictureStyles}.
 *
 * @param marks letter and colour of each guest, the same in all pictures that belong together; default: of its own guests
 */
export function drawHost(
  host: HostPicture,
  marks: ReadonlyMap<string, GuestMark> = guestMarks(host.guests),
): Html {
  const { sockets, width, height, dense } = layoutOf(host);
  const drawing: Drawing = {
    host,
    marks,
    occupancy: occupancyOf(host),
    sets: { dedicated: cpuSet(host.dedicated), shared: cpuSet(host.shared) },
    dense,
  };
  const [w, h] = [width + 2 * margin, height + 2 * margin];
  return markup`<svg
    class="host-picture"
    role="img"
    aria-label="${describeHost(host)}"
    width="${w}"
    height="${h}"
    viewBox="${-margin} ${-margin} ${w} ${h}"
  >
    ${sockets.map((socket) => drawSocket(socket, drawing))}
  </svg>`;
}

/** The picture in a sentence or two, for those who cannot see it. */
export function describeHost(host: HostPicture): string {
  const wrong = disagreementsOn(host).length;
  return [
    `${host.name}: dedicated CPUs ${host.dedicated || 'none'}, shared CPUs ${host.shared || 'unset'}.`,
    ...host.guests.map(({ name, threads }) => {
      const vcpus = threads.filter(({ role }) => role === 'vcpu');
      const places = vcpus.map(({ index, xml, kernel }) => `vCPU ${index} on ${xml ?? kernel ?? 'nothing'}`);
      return `${name}: ${places.length === 0 ? 'not running here' : places.join(', ')}.`;
    }),
    ...(wrong === 0 ? [] : [`The layers disagree about ${wrong} ${wrong === 1 ? 'thread' : 'threads'}.`]),
  ].join(' ');
}

function drawSocket({ socket, cells, x, y, width, height }: SocketBox, drawing: Drawing): Html {
  return markup`<g>
    <rect class="socket" x="${x}" y="${y}" width="${width}" height="${height}" rx="6" />
    <text class="caption" x="${x + 9}" y="${y + 13}">Socket ${socket}</text>
    ${cells.map((cell) => drawCell(cell, drawing))}
  </g>`;
}

function drawCell({ cell, cores, cpus, pools, x, y, width, height }: CellBox, drawing: Drawing): Html {
  const drawn: Content[] = cpus.map((box) =>
    drawCpu(box, drawing.occupancy.get(box.cpu), drawing.sets, drawing.marks, drawing.dense),
  );
  return markup`<g>
    <rect class="cell" x="${x}" y="${y}" width="${width}" height="${height}" rx="5" />
    <text class="caption" x="${x + 8}" y="${y + 13}">NUMA cell ${cell.id}</text>
    ${cores.map(
      (core) =>
        markup`<rect
          class="core"
          x="${core.x}"
          y="${core.y}"
          width="${core.width}"
          height="${core.height}"
          rx="5"
        />`,
    )}
    ${drawn}
    ${pools.map((box, index) => {
      const pool = cell.pages[index];
      return pool === undefined ? '' : drawPool(box, cell.id, pool, drawing.host.guests, drawing.marks);
    })}
  </g>`;
}
