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

  it('has I1 to I46, each with a sentence, its source, what it reads, a remedy and a link', () => {
    expect(invariants.map(({ id }) => id)).toEqual(Array.from({ length: 46 }, (_, index) => `I${index + 1}`));
    for (const { id, statement, source, reads, remedy, links } of invariants) {
      expect(`${id} ${statement}|${source}|${remedy}`).toMatch(/.{20,}\|.{10,}\|.{20,}/);
      expect([id, reads.length > 0, links.length > 0]).toEqual([id, true, true]);
    }
  });
});
