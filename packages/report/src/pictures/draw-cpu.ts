import type { CpuSet } from '@whitebox/core';
import { markup, type Html } from '../html.js';
import type { GuestMark } from './guest-marks.js';
import type { CpuBox } from './layout.js';
import { occupantName, type Ghost, type Occupancy, type Occupant } from './occupancy.js';

export interface CpuSets {
  readonly dedicated: CpuSet;
  readonly shared: CpuSet;
}

type Marks = ReadonlyMap<string, GuestMark>;

/** One CPU: its number, the set that it belongs to, who is on it, and whether the layers agree about that. */
export function drawCpu(
  box: CpuBox,
  occupancy: Occupancy | undefined,
  sets: CpuSets,
  marks: Marks,
  dense: boolean,
): Html {
  const set = sets.dedicated.has(box.cpu) ? 'dedicated' : sets.shared.has(box.cpu) ? 'shared' : 'none';
  const wrong = (occupancy?.wrong.length ?? 0) > 0;
  return markup`<g class="cpu">
    <title>${describeCpu(box.cpu, set, occupancy)}</title>
    <rect
      class="thread ${set}${wrong ? ' wrong' : ''}"
      x="${box.x}"
      y="${box.y}"
      width="${box.width}"
      height="${box.height}"
      rx="3"
    />
    ${occupancy !== undefined && (dense ? drawDense(box, occupancy, marks) : drawRows(box, occupancy, marks))}
    ${
      (!dense || isFree(occupancy)) &&
      markup`<text class="number" x="${box.x + 4}" y="${box.y + (dense ? 14 : 11)}">${box.cpu}</text>`
    }
    ${wrong && drawWarning(box, dense)}
  </g>`;
}

function isFree(occupancy: Occupancy | undefined): boolean {
  return occupancy === undefined || occupancy.pinned.length + occupancy.ghosts.length === 0;
}

/** Three rows below the number: dedicated vCPUs, floating vCPUs, emulator threads. */
function drawRows(box: CpuBox, { pinned, floating, emulators, ghosts }: Occupancy, marks: Marks): Html {
  const chip = { x: box.x + 3, y: box.y + 14, width: box.width - 6, height: 15 };
  return markup`${drawChip(chip, pinned, ghosts, marks)}
  ${drawLetters(box.x + 3, box.y + 31, 'floating', floating, marks)}
  ${drawLetters(box.x + 3, box.y + 42, 'emulator', emulators, marks)}`;
}

function drawDense(box: CpuBox, { pinned, floating, ghosts }: Occupancy, marks: Marks): Html {
  const chip = { x: box.x + 2, y: box.y + 2, width: box.width - 4, height: box.height - 4 };
  return markup`${drawChip(chip, pinned, ghosts, marks)}
  ${pinned.length === 0 && floating.length > 0 && markup`<rect class="busy" x="${box.x + 3}" y="${box.y + box.height - 5}" width="${box.width - 6}" height="2" />`}`;
}

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The vCPU that has the CPU for itself; dashed where only another layer than the domain XML says so. */
function drawChip(
  box: Rectangle,
  pinned: readonly Occupant[],
  ghosts: readonly Ghost[],
  marks: Marks,
): Html | undefined {
  const [first, ...others] = pinned.length > 0 ? pinned : ghosts;
  const mark = first === undefined ? undefined : marks.get(first.guest.uuid);
  if (first === undefined || mark === undefined) return undefined;
  const kind = pinned.length > 0 ? 'pinned' : 'ghost';
  const name = `${mark.letter}${first.thread.role === 'vcpu' ? first.thread.index : 'e'}`;
  const label = `${name}${others.length === 0 ? '' : `+${others.length}`}`;
  return markup`<rect
      class="${kind} ${mark.colour}"
      x="${box.x}"
      y="${box.y}"
      width="${box.width}"
      height="${box.height}"
      rx="2"
    />
    ${kind === 'pinned' && mark.striped && markup`<rect class="stripes" x="${box.x}" y="${box.y + box.height - 3}" width="${box.width}" height="3" />`}
    <text class="${kind}-name" x="${box.x + box.width / 2}" y="${box.y + box.height / 2 + 3.5}"
      >${label}</text
    >`;
}

/** As many as there is room for: a letter each, and how many more. */
const mostLetters = 3;

function drawLetters(
  x: number,
  y: number,
  kind: 'floating' | 'emulator',
  occupants: readonly Occupant[],
  marks: Marks,
): Html[] {
  const uuids = [...new Set(occupants.map(({ guest }) => guest.uuid))];
  const room = uuids.length > mostLetters ? mostLetters - 1 : mostLetters;
  const shown = uuids.slice(0, room).flatMap((uuid) => marks.get(uuid) ?? []);
  const letters = shown.map(
    ({ letter, colour }, index) =>
      markup`<rect
          class="${kind} ${colour}"
          x="${x + index * 13.5}"
          y="${y}"
          width="12.5"
          height="10"
          rx="${kind === 'emulator' ? 5 : 1}"
        /><text class="letter" x="${x + index * 13.5 + 6.25}" y="${y + 8}">${letter}</text>`,
  );
  const more = uuids.length - shown.length;
  if (more === 0) return letters;
  return [
    ...letters,
    markup`<text class="letter more" x="${x + shown.length * 13.5 + 6.5}" y="${y + 8}">+${more}</text>`,
  ];
}

/** A triangle with an exclamation mark: not the colour alone. */
function drawWarning(box: CpuBox, dense: boolean): Html {
  const [size, x, y] = dense ? [9, box.x + box.width - 8, box.y - 2] : [13, box.x + box.width - 15, box.y];
  return markup`<path class="warning" d="M${x + size / 2} ${y}l${size / 2} ${size}h${-size}z" /><text
      class="warning-sign"
      x="${x + size / 2}"
      y="${y + size - 1.5}"
      font-size="${size - 3}"
      >!</text
    >`;
}

function describeCpu(cpu: number, set: string, occupancy: Occupancy | undefined): string {
  const { pinned = [], floating = [], emulators = [], ghosts = [], wrong = [] } = occupancy ?? {};
  return [
    `CPU ${cpu}${set === 'none' ? ', in no set of Nova' : `, ${set}`}`,
    ...pinned.map((one) => `${occupantName(one)}, here alone`),
    ...ghosts.map((one) => `${occupantName(one)}, says the ${one.layer}`),
    ...floating.map((one) => `${occupantName(one)}, among others`),
    ...emulators.map(occupantName),
    ...wrong,
  ].join('\n');
}
