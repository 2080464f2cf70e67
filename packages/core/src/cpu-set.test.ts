import { deepStrictEqual, notDeepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CpuSet, CpuSetError, type CpuSetDialect } from './cpu-set.js';

const DIALECTS: readonly CpuSetDialect[] = ['nova', 'libvirt', 'kernel'];

function thrownBy(action: () => unknown): CpuSetError {
  try {
    action();
  } catch (error) {
    if (error instanceof CpuSetError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('CpuSet.parse', () => {
  it.each([
    ['0', [0]],
    ['1-4,6', [1, 2, 3, 4, 6]],
    ['6,1-2,2-3', [1, 2, 3, 6]],
    ['5-5', [5]],
    [' 1 , 3 \n', [1, 3]],
  ])('reads %j alike in every dialect', (text, ids) => {
    for (const dialect of DIALECTS) expect([...CpuSet.parse(text, dialect)]).toEqual(ids);
  });

  // Left: what Nova's parse_cpu_spec makes of it; right: what libvirt's virBitmapParse does. undefined: refused.
  it.each<[string, number[] | undefined, number[] | undefined]>([
    ['1-4,^3,6', [1, 2, 4, 6], [1, 2, 4, 6]],
    ['^3,1-4', [1, 2, 4], [1, 2, 3, 4]],
    ['1-4,^3,3', [1, 2, 4], [1, 2, 3, 4]],
    ['1-6,^2-4', [1, 5, 6], undefined],
    ['', [], undefined],
    ['  ', [], undefined],
    ['1,2,', [1, 2], [1, 2]],
    ['1,,2', [1, 2], undefined],
    [',1', [1], undefined],
    [',', [], undefined],
    ['1-4,^ 3', [1, 2, 4], undefined],
    ['1 - 3', [1, 2, 3], [1, 2, 3]],
    ['+3', [3], undefined],
    ['1-+3', [1, 2, 3], [1, 2, 3]],
    ['1_0', [10], undefined],
    ['1__0', undefined, undefined],
    ['^3', [], []],
    ['1-4,^9', [1, 2, 3, 4], [1, 2, 3, 4]],
    ['4-1', undefined, undefined],
    ['-1', undefined, undefined],
    ['1--1', undefined, undefined],
    ['1-', undefined, undefined],
    ['1-2-3', undefined, undefined],
    ['^^3', undefined, undefined],
    ['0x3', undefined, undefined],
    ['1.5', undefined, undefined],
    ['1 2', undefined, undefined],
    ['all', undefined, undefined],
    ['^', undefined, undefined],
  ])('reads %j as Nova and as libvirt do', (text, nova, libvirt) => {
    for (const [dialect, ids] of [['nova', nova] as const, ['libvirt', libvirt] as const]) {
      if (ids === undefined) {
        expect(thrownBy(() => CpuSet.parse(text, dialect)).code, dialect).toBe('WB_CPU_SET_SYNTAX');
      } else {
        expect([...CpuSet.parse(text, dialect)], dialect).toEqual(ids);
      }
    }
  });

  it('reads the empty line that the kernel prints for no CPU', () => {
    expect(CpuSet.parse('\n', 'kernel').isEmpty).toBe(true);
    for (const text of ['1,', '^1', '1 - 2']) {
      expect(thrownBy(() => CpuSet.parse(text, 'kernel')).code).toBe('WB_CPU_SET_SYNTAX');
    }
  });

  it('follows Nova by default', () => {
    expect(String(CpuSet.parse('^3,1-4'))).toBe('1-2,4');
  });

  it('says where the text is wrong', () => {
    const error = thrownBy(() => CpuSet.parse('1-4, 7-x,9'));
    expect(error).toMatchObject({ code: 'WB_CPU_SET_SYNTAX', position: 5, text: '1-4, 7-x,9' });
    expect(error.message).toMatch(/"1-4, 7-x,9", column 6: "7-x" is no CPU/);
  });

  it.each(['0-16384', '16384', '0-99999999999999999999', '99999999999999999999', '^0-1000000000'])(
    'refuses %s at once instead of making a huge set',
    (text) => {
      expect(thrownBy(() => CpuSet.parse(`1,${text}`))).toMatchObject({
        code: 'WB_CPU_SET_LIMIT',
        position: 2,
      });
    },
  );

  it('keeps its error short however long the text is', () => {
    expect(thrownBy(() => CpuSet.parse('x'.repeat(100_000))).message.length).toBeLessThan(400);
  });

  it('ends for any text in a set or in its own error', () => {
    const piece = fc.constantFrom('1', '12', '-', '^', ',', ' ', '+', '_', 'x');
    fc.assert(
      fc.property(fc.array(piece), fc.constantFrom(...DIALECTS), (pieces, dialect) => {
        try {
          const set = CpuSet.parse(pieces.join(''), dialect);
          expect(CpuSet.parse(set.toString(), 'kernel').equals(set)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(CpuSetError);
        }
      }),
    );
  });
});

describe('CpuSet', () => {
  const ids = fc.array(fc.nat({ max: 80 }));

  it('is written in the shortest form and read back the same in every dialect', () => {
    fc.assert(
      fc.property(ids, (list) => {
        const set = CpuSet.from(list);
        const text = set.toString();
        for (const dialect of DIALECTS) {
          if (text === '' && dialect === 'libvirt') continue;
          expect(CpuSet.parse(text, dialect).ids).toEqual(set.ids);
        }
        const gaps = set.ids.filter((id) => !set.has(id - 1)).length;
        expect(text === '' ? 0 : text.split(',').length).toBe(gaps);
      }),
    );
  });

  it.each([
    [[], ''],
    [[3], '3'],
    [[4, 1, 2, 6], '1-2,4,6'],
    [[0, 1, 2, 3], '0-3'],
  ])('%j is written %j', (list, text) => {
    expect(String(CpuSet.from(list))).toBe(text);
    expect(JSON.stringify({ cpus: CpuSet.from(list) })).toBe(`{"cpus":"${text}"}`);
  });

  it('iterates in ascending order without repetition', () => {
    fc.assert(
      fc.property(ids, (list) => {
        const expected = [...new Set(list)].sort((a, b) => a - b);
        expect([...CpuSet.from(list)]).toEqual(expected);
        expect(CpuSet.from(list).size).toBe(expected.length);
      }),
    );
  });

  it('agrees with the definition of each set operation', () => {
    fc.assert(
      fc.property(ids, ids, (left, right) => {
        const a = CpuSet.from(left);
        const b = CpuSet.from(right);
        for (let id = 0; id <= 81; id++) {
          const inA = left.includes(id);
          const inB = right.includes(id);
          expect(a.has(id)).toBe(inA);
          expect(a.union(b).has(id)).toBe(inA || inB);
          expect(a.intersection(b).has(id)).toBe(inA && inB);
          expect(a.difference(b).has(id)).toBe(inA && !inB);
        }
        const missing = left.filter((id) => !right.includes(id)).length;
        const shared = left.filter((id) => right.includes(id)).length;
        expect(a.isSubsetOf(b)).toBe(missing === 0);
        expect(b.isSupersetOf(a)).toBe(missing === 0);
        expect(a.isDisjointFrom(b)).toBe(shared === 0);
        expect(a.equals(b)).toBe(a.toString() === b.toString());
      }),
    );
  });

  it('takes any iterable of numbers on the other side', () => {
    expect(String(CpuSet.of(1, 2).union(new Set([3])))).toBe('1-3');
    expect(CpuSet.of(1, 2).isSubsetOf([1, 2, 3])).toBe(true);
  });

  it('is compared by its content by test libraries', () => {
    expect(CpuSet.of(1, 2)).toEqual(CpuSet.parse('1-2'));
    expect(CpuSet.of(1, 2)).not.toEqual(CpuSet.of(1, 3));
    expect({ cpus: CpuSet.of(1) }).not.toEqual({ cpus: CpuSet.of(2) });
    expect({ cpus: CpuSet.of(1) }).not.toStrictEqual({ cpus: CpuSet.of(2) });
    deepStrictEqual(CpuSet.of(1, 2), CpuSet.parse('1-2'));
    notDeepStrictEqual(CpuSet.of(1, 2), CpuSet.of(1, 3));
  });

  it('cannot be changed', () => {
    const set = CpuSet.of(1, 2);
    expect(() => (set.ids as number[]).push(3)).toThrow(TypeError);
    expect(() => Object.assign(set, { ids: [] })).toThrow(TypeError);
    expect(String(set)).toBe('1-2');
  });

  it.each([-1, 1.5, Number.NaN, 16_384])('refuses the number %s', (id) => {
    expect(thrownBy(() => CpuSet.of(id)).code).toBe('WB_CPU_SET_LIMIT');
  });
});
