import { describe, expect, it } from 'vitest';
import { sampleGuest, sampleHost, samplePins } from '../sample-run.suite.js';
import { describeHost, drawHost } from './draw-host.js';
import { disagreement, guestMarks } from './guest-marks.js';
import { layoutOf, type Box } from './layout.js';
import type { HostPicture } from './model.js';
import { occupancyOf } from './occupancy.js';

const pinned = sampleGuest('vm1', samplePins([0, 8], '2-3'));
const [first, second, emulator] = pinned.threads;
/** libvirt has vCPU 1 of it elsewhere than the database says. */
const broken = { ...pinned, threads: [first!, { ...second!, xml: '5', kernel: '5' }, emulator!] };

/** @param cores per cell, each of two threads */
function largeHost(cells: number, cores: number): HostPicture {
  const all = cells * cores;
  return {
    ...sampleHost('big'),
    cells: Array.from({ length: cells }, (_, id) => ({
      id,
      socket: Math.floor(id / 2),
      cores: Array.from(
        { length: cores },
        (_core, core) => `${id * cores + core},${all + id * cores + core}`,
      ),
      pages: [],
    })),
  };
}

describe('disagreement', () => {
  it('is nothing where the layers that speak say the same', () => {
    expect(disagreement({ role: 'vcpu', index: 0, xml: '0-1', kernel: '0,1' })).toBeUndefined();
  });

  it('is what each layer says where they do not', () => {
    expect(disagreement(broken.threads[1]!)).toBe(
      'vCPU 1: domain XML 5, inactive XML 8, database 8, kernel 5',
    );
  });
});

describe('occupancyOf', () => {
  it('tells who has a CPU alone, who floats, and whose emulator threads are there', () => {
    const floating = sampleGuest('vm2', [{ role: 'vcpu', index: 0, xml: '2-3,10-11', kernel: '2-3,10-11' }]);
    const host = occupancyOf(sampleHost('compute1', [pinned, floating]));
    expect(host.get(8)?.pinned.map(({ guest, thread }) => `${guest.name} ${thread.index}`)).toEqual([
      'vm1 1',
    ]);
    expect(host.get(10)?.floating.map(({ guest }) => guest.name)).toEqual(['vm2']);
    expect(host.get(3)?.emulators.map(({ guest }) => guest.name)).toEqual(['vm1']);
    expect([...host.values()].flatMap(({ wrong }) => wrong)).toEqual([]);
  });

  it('marks both where a thread is and where another layer has it', () => {
    const host = occupancyOf(sampleHost('compute1', [broken]));
    const marked = [...host].filter(([, { wrong }]) => wrong.length > 0).map(([cpu]) => cpu);
    expect(marked).toEqual([8, 5]);
    expect(host.get(8)?.ghosts.map(({ layer }) => layer)).toEqual(['inactive XML']);
  });
});

describe('drawHost', () => {
  it('draws each CPU once, inside of its core, which is inside of its cell', () => {
    for (const host of [sampleHost('small'), largeHost(4, 14), largeHost(1, 1)]) {
      const { sockets, width, height } = layoutOf(host);
      const cells = sockets.flatMap((socket) => socket.cells);
      const cpus = cells.flatMap((cell) => cell.cpus);
      expect(new Set(cpus.map(({ cpu }) => cpu)).size).toBe(cpus.length);
      expect(cpus).toHaveLength(host.cells.reduce((sum, { cores }) => sum + cores.length * 2, 0));
      for (const cell of cells) {
        expect(isInside(cell, { x: 0, y: 0, width, height })).toBe(true);
        for (const box of [...cell.cores, ...cell.pools]) expect(isInside(box, cell)).toBe(true);
        for (const box of cell.cpus) expect(cell.cores.some((core) => isInside(box, core))).toBe(true);
      }
      for (const [index, one] of cpus.entries())
        for (const other of cpus.slice(index + 1)) expect(overlap(one, other)).toBe(false);
    }
  });

  it('has a warning sign on each CPU that layers disagree about, and says so in words', () => {
    const host = sampleHost('compute1', [broken]);
    const svg = drawHost(host).toString();
    expect(svg.match(/class="warning"/g)).toHaveLength(2);
    expect(svg).toContain('vCPU 1 of vm1, says the inactive XML');
    expect(describeHost(host)).toContain('The layers disagree about 1 thread.');
    expect(drawHost(sampleHost('compute1', [pinned])).toString()).not.toContain('class="warning"');
  });

  it('draws hugepages of guests, of others and free ones', () => {
    const host = sampleHost('compute1', [pinned]);
    const [cell, other] = host.cells;
    const used = {
      ...host,
      cells: [{ ...cell!, pages: [{ sizeKib: 2048, total: 256, free: 128 }] }, other!],
    };
    const svg = drawHost(used).toString();
    expect(svg).toContain('2 MiB pages: 128 of 256 used');
    expect(svg).toContain('vm1: 64 of 256 pages');
    expect(svg).toContain('others: 64 of 256 pages');
  });

  it('draws a host of many CPUs small enough to be seen at once', () => {
    const { width, dense } = layoutOf(largeHost(2, 32));
    expect(dense).toBe(true);
    expect(width).toBeLessThan(1200);
  });

  it('keeps letters and colours of guests from picture to picture, and stripes what would look alike', () => {
    const marks = guestMarks(Array.from({ length: 30 }, (_, index) => ({ uuid: String(index) })));
    expect(marks.get('0')).toEqual({ letter: 'A', colour: 'g0', striped: false });
    expect(marks.get('6')).toEqual({ letter: 'G', colour: 'g0', striped: true });
    expect(marks.get('27')?.letter).toBe('AB');
  });
});

function isInside(inner: Box, outer: Box): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

function overlap(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}
