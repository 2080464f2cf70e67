import { CpuSet } from '@whitebox/core';
import type { CellFacts, GuestFacts, HostFacts } from './host-facts.js';

/** What a host shows, and what Nova makes of its CPUs. */
export interface PicturedHost {
  readonly dedicatedCpus: string;
  readonly sharedCpus: string;
  readonly emulated: boolean;
  readonly facts: HostFacts;
}

export type Style = 'dedicated' | 'shared' | 'neither' | 'offline' | 'guest';

export interface Canvas {
  /** Width of the terminal. */
  readonly columns: number;
  /** Puts the colour of a style around a text; gives the text as it is where there are no colours. */
  readonly paint: (style: Style, text: string) => string;
}

const marks = { dedicated: 'D', shared: 'S', neither: '-', offline: 'x' } as const;

export function legend({ paint }: Pick<Canvas, 'paint'>): string {
  const sets = Object.entries(marks).map(([style, mark]) => paint(style as Style, `${mark} ${style}`));
  return [...sets, `${paint('guest', 'a0')} vCPU 0 of guest a`, `${paint('guest', 'aE')} its emulator`].join(
    '  ',
  );
}

/** Sockets, cells, cores and CPUs as boxes, and where the threads of each guest may run; a line per element. */
export function drawHost(host: PicturedHost, canvas: Canvas): string[] {
  const { cells, guests } = host.facts;
  const sitters = sittersByCpu(guests);
  const draw = (cpu: number) => drawCpu(cpu, styleOf(cpu, host), sitters.get(cpu) ?? [], host.facts);
  return [
    summary(host),
    ...cells.flatMap((cell) => [
      describeCell(cell),
      ...drawCores(
        cell.cores.map((core) => core.map(draw)),
        canvas,
      ),
    ]),
    ...guests.map((guest, index) => describeGuest(guest, index)),
  ];
}

function summary({ facts: { cells }, emulated }: PicturedHost): string {
  const cores = cells.flatMap((cell) => cell.cores);
  const counts = [
    [new Set(cells.map(({ socket }) => socket)).size, 'socket'],
    [cells.length, 'NUMA cell'],
    [cores.length, 'core'],
    [cores.flat().length, 'CPU'],
  ] as const;
  const parts = counts.map(([count, what]) => `${count} ${what}${count === 1 ? '' : 's'}`);
  return [...parts, emulated ? 'emulated' : "the machine's own"].join(', ');
}

function describeCell({ id, socket, memoryMib, freeMib, hugepages }: CellFacts): string {
  const pages = hugepages.map(({ sizeKib, total, free }) => {
    const size = sizeKib < 1_048_576 ? `${sizeKib / 1024} MiB` : `${sizeKib / 1_048_576} GiB`;
    return `${free} of ${total} pages of ${size}`;
  });
  return `socket ${socket}, cell ${id}: ${[`${freeMib} of ${memoryMib} MiB free`, ...pages].join(', ')}`;
}

/** A text of known width that may have colours in it. */
interface Painted {
  readonly plain: string;
  readonly parts: readonly (readonly [Style, string])[];
}

function styleOf(cpu: number, { dedicatedCpus, sharedCpus, facts }: PicturedHost): keyof typeof marks {
  if (CpuSet.parse(facts.offline, 'kernel').has(cpu)) return 'offline';
  if (CpuSet.parse(dedicatedCpus).has(cpu)) return 'dedicated';
  return CpuSet.parse(sharedCpus).has(cpu) ? 'shared' : 'neither';
}

function drawCpu(
  cpu: number,
  style: keyof typeof marks,
  sitters: readonly string[],
  { cells }: HostFacts,
): Painted {
  const digits = String(Math.max(...cells.flatMap(({ cores }) => cores.flat()))).length;
  const parts: [Style, string][] = [[style, `${String(cpu).padStart(digits)} ${marks[style]}`]];
  if (sitters.length > 0) parts.push(['guest', sitters.join(' ')]);
  return { plain: parts.map(([, text]) => text).join(' '), parts };
}

/** What is pinned to one CPU is shown on it; what floats over several is told below the picture. */
function sittersByCpu(guests: readonly GuestFacts[]): Map<number, string[]> {
  const sitters = new Map<number, string[]>();
  const seat = (allowed: string, mark: string) => {
    const [cpu, ...more] = CpuSet.parse(allowed, 'kernel').ids;
    if (cpu !== undefined && more.length === 0) sitters.set(cpu, [...(sitters.get(cpu) ?? []), mark]);
  };
  for (const [index, { vcpus, emulator }] of guests.entries()) {
    for (const { id, allowed } of vcpus) seat(allowed, `${letter(index)}${id}`);
    seat(emulator.allowed, `${letter(index)}E`);
  }
  return sitters;
}

/** a to z, then aa, ab, ... */
function letter(index: number): string {
  const last = String.fromCodePoint(0x61 + (index % 26));
  return index < 26 ? last : `${letter(Math.floor(index / 26) - 1)}${last}`;
}

function describeGuest({ domain, name, vcpus, emulator, ioThreads }: GuestFacts, index: number): string {
  const threads = [
    ...vcpus.map(({ id, allowed }) => `vCPU ${id} on ${allowed}`),
    `emulator on ${emulator.allowed}`,
    ...ioThreads.map(({ id, allowed }) => `I/O thread ${id} on ${allowed}`),
  ];
  return `${letter(index)}  ${name === null ? domain : `${name} (${domain})`}: ${threads.join(', ')}`;
}

/** Boxes side by side, one for each core, in as many rows as the width asks for. */
function drawCores(cores: readonly (readonly Painted[])[], { columns, paint }: Canvas): string[] {
  const width = Math.max(...cores.flat().map(({ plain }) => plain.length));
  const perRow = Math.max(1, Math.floor((columns - 1) / (width + 3)));
  const rows = Array.from({ length: Math.ceil(cores.length / perRow) }, (_, row) =>
    cores.slice(row * perRow, (row + 1) * perRow),
  );
  const bar = '─'.repeat(width + 2);
  const rule = (left: string, middle: string, right: string, count: number) =>
    `${left}${Array.from({ length: count }, () => bar).join(middle)}${right}`;
  const fill = (painted: Painted | undefined) =>
    painted === undefined
      ? ' '.repeat(width)
      : painted.parts.map(([style, text]) => paint(style, text)).join(' ') +
        ' '.repeat(width - painted.plain.length);
  const lines = [rule('┌', '┬', '┐', rows[0]?.length ?? 0)];
  for (const [index, row] of rows.entries()) {
    const threads = Math.max(...row.map((core) => core.length));
    for (let thread = 0; thread < threads; thread += 1) {
      lines.push(`│ ${row.map((core) => fill(core[thread])).join(' │ ')} │`);
    }
    const next = rows[index + 1];
    if (next !== undefined) lines.push(ruleBetween(row.length, next.length, bar));
  }
  return [...lines, rule('└', '┴', '┘', rows.at(-1)?.length ?? 0)];
}

/** Between two rows of which the second, the last, may be shorter. */
function ruleBetween(above: number, below: number, bar: string): string {
  const joints = Array.from({ length: above }, (_, index) => {
    const last = index + 1 === above;
    if (!last) return index + 1 <= below ? '┼' : '┴';
    return above === below ? '┤' : '┘';
  });
  return `├${joints.map((joint) => `${bar}${joint}`).join('')}`;
}
