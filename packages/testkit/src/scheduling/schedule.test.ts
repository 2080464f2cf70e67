import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Claim } from './claim.js';
import { Schedule, type Begun, type Candidate } from './schedule.js';

const room = {
  hosts: ['a', 'b'].map((name) => ({ name, cells: [4, 4], memoryMib: 65_536 })),
  quota: { servers: 100, vcpus: 1000, volumes: 100 },
};
const candidate = (id: string, claim?: Claim, lastMs?: number): Candidate => ({ id, claim, lastMs });
const ids = (begun: readonly Begun[]): string[] => begun.map(({ candidate: { id } }) => id);

function scheduleOf(candidates: readonly Candidate[], jobs = 4, seed = 1): Schedule {
  const schedule = new Schedule({ room, jobs, seed });
  for (const one of candidates) schedule.add(one);
  return schedule;
}

describe('Schedule', () => {
  it('lets the longest begin, those of which nothing is known first, and no more than there are jobs', () => {
    const schedule = scheduleOf([candidate('a', {}, 1), candidate('b', {}, 9), candidate('c', {})], 2);
    expect(ids(schedule.next())).toEqual(['c', 'b']);
    expect(schedule.next()).toEqual([]);
  });

  it('passes over what does not fit yet', () => {
    const big = candidate('big', { dedicatedCpus: 4 }, 9);
    const bigger = candidate('another', { dedicatedCpus: 4 }, 8);
    const schedule = scheduleOf([big, bigger, candidate('floats', {}, 1)]);
    expect(ids(schedule.next())).toEqual(['big', 'floats']);
    schedule.end(big);
    expect(ids(schedule.next())).toEqual(['another']);
  });

  it('has a case without a claim alone, after the others', () => {
    const [whole, part] = [candidate('whole', undefined, 99), candidate('part', {}, 1)];
    const schedule = scheduleOf([whole, part]);
    expect(ids(schedule.next())).toEqual(['part']);
    schedule.end(part);
    expect(ids(schedule.next())).toEqual(['whole']);
    schedule.add(part);
    expect(schedule.next()).toEqual([]);
    schedule.end(whole);
    expect(ids(schedule.next())).toEqual(['part']);
  });

  it('has a case alone that claims more than any cell has', () => {
    const huge = candidate('huge', { dedicatedCpus: 5 });
    const schedule = scheduleOf([huge, candidate('part', {})]);
    expect(schedule.alone(huge)).toBe(true);
    expect(ids(schedule.next())).toEqual(['part']);
  });

  it('forgets whoever waits no longer', () => {
    const one = candidate('one', {});
    const schedule = scheduleOf([one]);
    schedule.withdraw(one);
    expect(schedule.next()).toEqual([]);
  });

  it('lets those begin first who want a host to themselves, each on another', () => {
    const [one, other, more] = [1, 2, 3].map((ms) => candidate(`own ${ms}`, { ownHosts: 1 }, ms));
    const schedule = scheduleOf([candidate('moves', {}, 99), one!, other!, more!]);
    const begun = schedule.next();
    expect(ids(begun)).toEqual(['own 3', 'own 2']);
    expect(begun.map(({ placement }) => placement?.own)).toEqual([['a'], ['b']]);
    schedule.end(more!);
    expect(schedule.next()).toEqual([{ candidate: one, placement: { own: ['a'], hosts: ['a'] } }]);
    schedule.end(one!);
    schedule.end(other!);
    expect(ids(schedule.next())).toEqual(['moves']);
  });

  it('has those that want the same configuration follow each other', () => {
    const schedule = new Schedule({ room, jobs: 4, seed: 1 });
    for (const [id, group, lastMs] of [
      ['a', 'x', 9],
      ['b', undefined, 5],
      ['c', 'y', 8],
      ['d', 'x', 1],
    ] as const)
      schedule.add({ id, claim: undefined, group, lastMs });
    const order = [1, 2, 3, 4].map(() => {
      const [next] = schedule.next();
      schedule.end(next!.candidate);
      return next!.candidate.id;
    });
    expect(order).toEqual(['b', 'a', 'd', 'c']);
  });

  const someClaim = fc.option(
    fc.record({
      dedicatedCpus: fc.nat(5),
      ownHosts: fc.nat(3),
      sharedHosts: fc.constantFrom('all' as const, 'one' as const, 'none' as const, undefined),
      exclusive: fc.constantFrom(['hugepages' as const], []),
    }),
    { nil: undefined },
  );
  const someCandidates = fc
    .array(fc.tuple(someClaim, fc.option(fc.nat(100), { nil: undefined })), { maxLength: 30 })
    .map((all) => all.map(([claim, lastMs], index) => candidate(`case ${index}`, claim, lastMs)));

  it('gives every case its turn, whoever ends first', () => {
    fc.assert(
      fc.property(
        someCandidates,
        fc.integer({ min: 1, max: 6 }),
        fc.infiniteStream(fc.nat()),
        (all, jobs, ends) => {
          const schedule = scheduleOf(all, jobs);
          const [running, begun]: [Begun[], Candidate[]] = [[], []];
          for (;;) {
            const next = schedule.next();
            running.push(...next);
            begun.push(...next.map((one) => one.candidate));
            if (running.length === 0) break;
            expect(running.length).toBeLessThanOrEqual(jobs);
            if (running.some(({ placement }) => placement === undefined)) expect(running).toHaveLength(1);
            for (const { placement } of running)
              for (const own of placement?.own ?? [])
                expect(running.filter((one) => one.placement?.hosts.includes(own))).toHaveLength(1);
            const [ended] = running.splice((ends.next().value as number) % running.length, 1);
            schedule.end(ended!.candidate);
          }
          expect(new Set(begun)).toEqual(new Set(all));
          expect(begun).toHaveLength(all.length);
        },
      ),
    );
  });

  it('does the same with the same seed, in whatever order the cases ask, and something else with another', () => {
    const order = (all: readonly Candidate[], seed: number): string[] => {
      const schedule = scheduleOf(all, 1, seed);
      return all.flatMap(() =>
        schedule.next().map(({ candidate: one }) => {
          schedule.end(one);
          return one.id;
        }),
      );
    };
    fc.assert(
      fc.property(someCandidates, fc.nat(), (all, seed) => {
        expect(order(all.toReversed(), seed)).toEqual(order(all, seed));
      }),
    );
    const equal = Array.from({ length: 8 }, (_, index) => candidate(`case ${index}`, {}));
    expect(new Set([1, 2, 3].map((seed) => order(equal, seed).join())).size).toBeGreaterThan(1);
  });
});
