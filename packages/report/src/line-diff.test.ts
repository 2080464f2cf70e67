import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineDiff } from './line-diff.js';

describe('lineDiff', () => {
  it('shows what differs with the lines around it', () => {
    const before = ['1', '2', '3', '4', '5', '6', '7', '8'].join('\n');
    expect(lineDiff(before, before.replace('5', 'five'))).toEqual([
      { kind: 'gap', lines: 2 },
      { kind: 'same', text: '3' },
      { kind: 'same', text: '4' },
      { kind: 'removed', text: '5' },
      { kind: 'added', text: 'five' },
      { kind: 'same', text: '6' },
      { kind: 'same', text: '7' },
      { kind: 'gap', lines: 1 },
    ]);
  });

  it('is empty where nothing differs', () => {
    expect(lineDiff('a\nb', 'a\nb')).toEqual([]);
  });

  it('leads from the one text to the other', () => {
    const texts = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const lines = lineDiff(before.join('\n'), after.join('\n'));
        const gaps = lines.reduce((sum, line) => sum + (line.kind === 'gap' ? line.lines : 0), 0);
        const of = (...kinds: string[]): number => lines.filter(({ kind }) => kinds.includes(kind)).length;
        if (before.join('\n') === after.join('\n')) return lines.length === 0;
        return of('same', 'removed') + gaps === before.length && of('same', 'added') + gaps === after.length;
      }),
    );
  });

  it('does not compare huge texts line by line', () => {
    const lines = (word: string): string =>
      Array.from({ length: 3000 }, (_, index) => `${word} ${index}`).join('\n');
    expect(lineDiff(lines('a'), lines('b'))).toHaveLength(6000);
  });
});
