import { describe, expect, it } from 'vitest';
import type { Claim } from './claim.js';
import { place, placeAlone, undirected, type Placed } from './placing.js';
import type { HostRoom } from './room.js';

const host = (name: string, ...cells: readonly number[]): HostRoom => ({ name, cells, memoryMib: 8192 });
const [a, b, c] = [host('a', 4, 4), host('b', 4, 4), host('c', 4, 4)];

/** Places one claim after the other; none may be refused. */
function running(room: readonly HostRoom[], ...claims: readonly Claim[]): Placed[] {
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
    expect(place({}, [], [a, b])).toEqual({ own: [], hosts: ['a', 'b'] });
    const moving = running([a, b], {});
    expect(place({ ownHosts: 1 }, moving, [a, b])).toBeUndefined();
    expect(place({}, running([a, b], { ownHosts: 1 }), [a, b])).toBeUndefined();
  });

  it('gives each a host of its own as long as there are any', () => {
    const two = running([a, b], { ownHosts: 1 }, { ownHosts: 1 });
    expect(two.map(({ placement }) => placement)).toEqual([
      { own: ['a'], hosts: ['a'] },
      { own: ['b'], hosts: ['b'] },
    ]);
    expect(place({ ownHosts: 1 }, two, [a, b])).toBeUndefined();
    expect(place({ ownHosts: 2 }, running([a, b], { ownHosts: 1 }), [a, b])).toBeUndefined();
  });

  it('sends those elsewhere who would do with any host, while one is somebody’s own', () => {
    const claim = { sharedHosts: 'one' } as const;
    expect(place(claim, [], [a, b])).toEqual({ own: [], hosts: ['a', 'b'] });
    const own = running([a, b], { ownHosts: 1 });
    expect(place(claim, own, [a, b])).toEqual({ own: [], hosts: ['b'] });
    expect(place(claim, running([a, b], { ownHosts: 1 }, { ownHosts: 1 }), [a, b])).toBeUndefined();
    // A host to itself is one where nobody is.
    expect(place({ ownHosts: 1 }, running([a, b], { ownHosts: 1 }, claim), [a, b])).toBeUndefined();
    expect(place({ ownHosts: 1 }, running([a, b, c], { ownHosts: 1 }, claim), [a, b, c])?.own).toEqual(['c']);
  });

  it('has a host of its own beside all others', () => {
    const evacuation = { ownHosts: 1, sharedHosts: 'all' } as const;
    expect(place(evacuation, [], [a, b])).toEqual({ own: ['a'], hosts: ['a', 'b'] });
    expect(place(evacuation, running([a, b], { ownHosts: 1 }), [a, b])).toBeUndefined();
    expect(place({ sharedHosts: 'one' }, running([a, b], evacuation), [a, b])?.hosts).toEqual(['b']);
  });

  it('keeps the CPUs of a claim free wherever its guests may come', () => {
    expect(place({ dedicatedCpus: 4 }, running([a, b], { dedicatedCpus: 4 }), [a, b])).toBeUndefined();
    expect(place({ dedicatedCpus: 1 }, running([a, b], { dedicatedCpus: 4 }), [a, b])).toBeDefined();
    const full = { dedicatedCpus: 4, sharedHosts: 'one' } as const;
    expect(place(full, running([a, b, c], { ownHosts: 1 }, full), [a, b, c])?.hosts).toEqual(['c']);
    expect(place({ dedicatedCpus: 5 }, [], [a, b])).toBeUndefined();
    // Where there are none Nova sends nobody who wants some.
    expect(place({ dedicatedCpus: 4 }, [], [host('x', 0), a])?.hosts).toEqual(['x', 'a']);
    expect(place({ dedicatedCpus: 4, ownHosts: 1 }, [], [host('x', 0), a])?.own).toEqual(['a']);
  });

  it('has those wait for each other who count the same thing', () => {
    const pages = { exclusive: ['hugepages'] } as const;
    expect(place(pages, running([a, b], pages), [a, b])).toBeUndefined();
    expect(place({ exclusive: ['nvdimm'] }, running([a, b], pages), [a, b])).toBeDefined();
  });
});

describe('placeAlone', () => {
  it('gives a case without a claim everything', () => {
    expect(placeAlone(undefined, [a, b], true)).toEqual({ own: ['a', 'b'], hosts: ['a', 'b'] });
  });

  it('gives one with a claim no more than that', () => {
    expect(placeAlone({ ownHosts: 1 }, [a, b], true)).toEqual({ own: ['a'], hosts: ['a'] });
    expect(placeAlone({}, [a, b], true)).toEqual({ own: [], hosts: ['a', 'b'] });
  });

  it('gives it all hosts where no server can be sent to one, and where its claim does not fit', () => {
    expect(placeAlone({ ownHosts: 1 }, [a, b], false)).toEqual({ own: ['a', 'b'], hosts: ['a', 'b'] });
    expect(placeAlone({ dedicatedCpus: 9 }, [a, b], true)).toEqual({ own: [], hosts: ['a', 'b'] });
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
