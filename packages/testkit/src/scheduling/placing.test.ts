import { describe, expect, it } from 'vitest';
import type { Claim } from './claim.js';
import { place, placeAlone, undirected, type Placed } from './placing.js';
import type { HostRoom, Room } from './room.js';

const host = (name: string, ...cells: readonly number[]): HostRoom => ({ name, cells, memoryMib: 8192 });
const cloud = (...hosts: readonly HostRoom[]): Room => ({
  hosts,
  quota: { servers: 10, vcpus: 20, volumes: 10 },
});
const [a, b, c] = [host('a', 4, 4), host('b', 4, 4), host('c', 4, 4)];

/** Places one claim after the other; none may be refused. */
function running(room: Room, ...claims: readonly Claim[]): Placed[] {
  const placed: Placed[] = [];
  for (const claim of claims) {
    const placement = place(claim, placed, room);
    if (placement === undefined) throw new Error(`${JSON.stringify(claim)} does not fit`);
    placed.push({ claim, placement });
  }
  return placed;
}

describe('place', () => {
  it('leaves guests that move the whole cloud, and no host of it to anybody', () => {
    expect(place({}, [], cloud(a, b))).toEqual({ own: [], hosts: ['a', 'b'] });
    const moving = running(cloud(a, b), {});
    expect(place({ ownHosts: 1 }, moving, cloud(a, b))).toBeUndefined();
    expect(place({}, running(cloud(a, b), { ownHosts: 1 }), cloud(a, b))).toBeUndefined();
  });

  it('gives each a host of its own as long as there are any', () => {
    const two = running(cloud(a, b), { ownHosts: 1 }, { ownHosts: 1 });
    expect(two.map(({ placement }) => placement)).toEqual([
      { own: ['a'], hosts: ['a'] },
      { own: ['b'], hosts: ['b'] },
    ]);
    expect(place({ ownHosts: 1 }, two, cloud(a, b))).toBeUndefined();
    expect(place({ ownHosts: 2 }, running(cloud(a, b), { ownHosts: 1 }), cloud(a, b))).toBeUndefined();
  });

  it('sends those elsewhere who would do with any host, while one is somebody’s own', () => {
    const claim = { sharedHosts: 'one' } as const;
    expect(place(claim, [], cloud(a, b))).toEqual({ own: [], hosts: ['a', 'b'] });
    const own = running(cloud(a, b), { ownHosts: 1 });
    expect(place(claim, own, cloud(a, b))).toEqual({ own: [], hosts: ['b'] });
    expect(place(claim, running(cloud(a, b), { ownHosts: 1 }, { ownHosts: 1 }), cloud(a, b))).toBeUndefined();
    // A host to itself is one where nobody is.
    expect(place({ ownHosts: 1 }, running(cloud(a, b), { ownHosts: 1 }, claim), cloud(a, b))).toBeUndefined();
    expect(
      place({ ownHosts: 1 }, running(cloud(a, b, c), { ownHosts: 1 }, claim), cloud(a, b, c))?.own,
    ).toEqual(['c']);
  });

  it('has a host of its own beside all others', () => {
    const evacuation = { ownHosts: 1, sharedHosts: 'all' } as const;
    expect(place(evacuation, [], cloud(a, b))).toEqual({ own: ['a'], hosts: ['a', 'b'] });
    expect(place(evacuation, running(cloud(a, b), { ownHosts: 1 }), cloud(a, b))).toBeUndefined();
    expect(place({ sharedHosts: 'one' }, running(cloud(a, b), evacuation), cloud(a, b))?.hosts).toEqual([
      'b',
    ]);
  });

  it('keeps the CPUs of a claim free wherever its guests may come', () => {
    expect(
      place({ dedicatedCpus: 4 }, running(cloud(a, b), { dedicatedCpus: 4 }), cloud(a, b)),
    ).toBeUndefined();
    expect(
      place({ dedicatedCpus: 1 }, running(cloud(a, b), { dedicatedCpus: 4 }), cloud(a, b)),
    ).toBeDefined();
    const full = { dedicatedCpus: 4, sharedHosts: 'one' } as const;
    expect(place(full, running(cloud(a, b, c), { ownHosts: 1 }, full), cloud(a, b, c))?.hosts).toEqual(['c']);
    expect(place({ dedicatedCpus: 5 }, [], cloud(a, b))).toBeUndefined();
    // Where there are none Nova sends nobody who wants some.
    expect(place({ dedicatedCpus: 4 }, [], cloud(host('x', 0), a))?.hosts).toEqual(['x', 'a']);
    expect(place({ dedicatedCpus: 4, ownHosts: 1 }, [], cloud(host('x', 0), a))?.own).toEqual(['a']);
  });

  it('has those wait for whom the quota of the project has nothing left', () => {
    const many = { servers: 6 };
    expect(place(many, running(cloud(a, b), { servers: 4 }), cloud(a, b))).toBeDefined();
    expect(place(many, running(cloud(a, b), { servers: 5 }), cloud(a, b))).toBeUndefined();
    expect(place({ vcpus: 18 }, running(cloud(a, b), {}), cloud(a, b))).toBeUndefined();
    expect(place({ servers: 11 }, [], cloud(a, b))).toBeDefined();
  });

  it('has those wait for each other who count the same thing', () => {
    const pages = { exclusive: ['hugepages'] } as const;
    expect(place(pages, running(cloud(a, b), pages), cloud(a, b))).toBeUndefined();
    expect(place({ exclusive: ['nvdimm'] }, running(cloud(a, b), pages), cloud(a, b))).toBeDefined();
  });
});

describe('placeAlone', () => {
  it('gives a case without a claim everything', () => {
    expect(placeAlone(undefined, cloud(a, b), true)).toEqual({ own: ['a', 'b'], hosts: ['a', 'b'] });
  });

  it('gives one with a claim no more than that', () => {
    expect(placeAlone({ ownHosts: 1 }, cloud(a, b), true)).toEqual({ own: ['a'], hosts: ['a'] });
    expect(placeAlone({}, cloud(a, b), true)).toEqual({ own: [], hosts: ['a', 'b'] });
  });

  it('gives it all hosts where no server can be sent to one, and where its claim does not fit', () => {
    expect(placeAlone({ ownHosts: 1 }, cloud(a, b), false)).toEqual({ own: ['a', 'b'], hosts: ['a', 'b'] });
    expect(placeAlone({ dedicatedCpus: 9 }, cloud(a, b), true)).toEqual({ own: [], hosts: ['a', 'b'] });
  });
});

describe('undirected', () => {
  it('is the whole cloud for those with hosts of their own, and all hosts for those who would do with one', () => {
    expect(undirected({ ownHosts: 1 })).toBeUndefined();
    expect(undirected(undefined)).toBeUndefined();
    expect(undirected({ sharedHosts: 'one', dedicatedCpus: 2 })).toEqual({
      sharedHosts: 'all',
      dedicatedCpus: 2,
    });
  });
});
