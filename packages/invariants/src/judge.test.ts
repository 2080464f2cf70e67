import { describe, expect, it } from 'vitest';
import { invariants } from './catalogue.js';
import { judge } from './judge.js';
import { goodSnapshot } from './testing/good-snapshot.js';

describe('judge', () => {
  it('finds nothing wrong with a good snapshot, and has looked at it', () => {
    const { violations, unchecked, looked } = judge(goodSnapshot());
    expect(violations).toEqual([]);
    expect(unchecked).toEqual([]);
    // The others are about devices that the good snapshot does not have.
    const about = invariants.map(({ id }) => id).filter((id) => !['I31', 'I33', 'I44'].includes(id));
    expect(looked).toEqual(about);
  });

  it.each(invariants.map(({ id }) => id))('%s says of a snapshot of nothing that it could not look', (id) => {
    const empty = { takenAt: new Date(), novaVersions: [26], guests: [], hosts: [] };
    const { violations, unchecked, looked } = judge(empty);
    expect(violations).toEqual([]);
    expect(looked).toEqual([]);
    expect(unchecked.map((one) => one.id)).toContain(id);
  });

  it.each(invariants.map(({ id }) => id))('%s does not hold over layers that were not read', (id) => {
    const good = goodSnapshot();
    const guests = good.guests.map(({ uuid, name, instance }) => ({ uuid, name, instance }));
    const hosts = good.hosts.map(({ name }) => ({ name }));
    const { violations, unchecked, looked } = judge({ ...good, guests, hosts });
    expect(violations).toEqual([]);
    expect(looked).not.toContain(id);
    expect(unchecked.map((one) => one.id)).toContain(id);
  });

  it('has each invariant once, in order, with a sentence and its source', () => {
    const numbers = invariants.map(({ id }) => Number(id.slice(1)));
    expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other));
    for (const { statement, source } of invariants)
      expect(`${statement}|${source}`).toMatch(/.{20,}\|.{10,}/);
  });
});
