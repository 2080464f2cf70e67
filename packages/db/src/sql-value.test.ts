import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bind } from './sql-value.js';

describe('a value is bound exactly or refused', () => {
  test('whole numbers as integers, others as doubles', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(bind(value)).toEqual({ type: 'integer', value: BigInt(value) });
      }),
    );
    expect(bind(1.5)).toEqual({ type: 'double', value: 1.5 });
    expect(bind(-0)).toEqual({ type: 'integer', value: 0n });
    expect(bind(true)).toEqual({ type: 'integer', value: 1n });
  });

  test('bigints of 64 bits, signed and unsigned', () => {
    for (const value of [-(2n ** 63n), 2n ** 64n - 1n, 9_007_199_254_740_993n]) {
      expect(bind(value)).toEqual({ type: 'integer', value });
    }
  });

  test('a Date in UTC', () => {
    expect(bind(new Date('2026-11-22T23:30:00.120+05:30'))).toEqual({
      type: 'text',
      value: '2026-11-22 18:00:00.120',
    });
  });

  test('bytes and NULL', () => {
    const bytes = new Uint8Array([0, 255]);
    expect(bind(bytes)).toEqual({ type: 'bytes', value: bytes });
    expect(bind(null)).toEqual({ type: 'null' });
  });

  test.each([
    ['an array', [1, 2], /list\(values\)/],
    ['an object', { uuid: 'x' }, /object/],
    ['a Map', new Map(), /object/],
    ['undefined', undefined, /null where NULL is meant/],
    ['a function', () => 1, /no value/],
    ['a symbol', Symbol('x'), /no value/],
    ['NaN', Number.NaN, /no number/],
    ['infinity', Number.POSITIVE_INFINITY, /no number/],
    ['a number beyond 2^53', 2 ** 53, /bigint/],
    ['a bigint beyond 64 bits', 2n ** 64n, /64 bits/],
    ['a bigint below 64 bits', -(2n ** 63n) - 1n, /64 bits/],
    ['an invalid Date', new Date(Number.NaN), /invalid Date/],
    ['a Date beyond the year 9999', new Date(8.64e15), /years/],
    ['half of a character', 'a\ud800b', /Unicode/],
  ])('refuses %s', (_name, value, why) => {
    expect(() => bind(value)).toThrow(expect.objectContaining({ code: 'WB_DB_PARAMETER' }));
    expect(() => bind(value)).toThrow(why);
  });

  test('the error does not repeat a text, which may be a secret', () => {
    expect(() => bind('geheim\ud800')).toThrow(/^(?![\s\S]*geheim)/);
  });
});
