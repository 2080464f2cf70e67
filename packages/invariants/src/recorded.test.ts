import { describe, expect, it } from 'vitest';
import { invariants } from './catalogue.js';
import { judge } from './judge.js';
import { recordedBreaks, recordedLab } from './testing/recorded.js';

describe('what was read of a lab', () => {
  it('violates nothing, and each invariant but those about devices that a lab does not have has looked at it', () => {
    const { violations, unchecked, looked } = judge(recordedLab());
    expect(violations.map(({ text }) => text)).toEqual([]);
    expect(unchecked).toEqual([]);
    const about = invariants.map(({ id }) => id).filter((id) => !['I31', 'I33'].includes(id));
    expect(looked).toEqual(about);
  });

  it.each(recordedBreaks.map((one) => [one.what, one] as const))(
    '%s: is found, and nothing else',
    (_, broken) => {
      const { violations } = judge(recordedLab(broken.changes));
      const texts = violations.map(({ text }) => text).join('\n');
      const ids = [...new Set(violations.map(({ id }) => id))];
      expect(
        ids.filter((id) => !broken.also.includes(id)),
        texts,
      ).toEqual(broken.finds);
      expect(texts).toMatch(new RegExp(broken.says));
    },
  );

  it('was broken for each invariant but one, which no lab can break', () => {
    const found = new Set(recordedBreaks.flatMap(({ finds }) => finds));
    expect(invariants.map(({ id }) => id).filter((id) => !found.has(id))).toEqual(['I26']);
  });
});
