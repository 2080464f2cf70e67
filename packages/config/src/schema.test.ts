import { describe, expect, it } from 'vitest';
import { bool, boundedList, dict, int, list, oneOf, secret, text, type ValueType } from './schema.js';

const value = (type: ValueType<unknown>, written: string) => {
  const reading = type.read(written);
  return reading.ok ? reading.value : `! ${reading.problem}`;
};

describe('the types of oslo.config', () => {
  it.each(['true', 'True', 'TRUE', '1', 'on', 'Yes'])('%s is true', (written) => {
    expect(value(bool, written)).toBe(true);
  });

  it.each(['false', 'FALSE', '0', 'Off', 'no'])('%s is false', (written) => {
    expect(value(bool, written)).toBe(false);
  });

  it.each(['', 'y', 't', 'enabled', '2', 'None'])('"%s" is no boolean', (written) => {
    expect(value(bool, written)).toMatch(/^! is neither/);
  });

  it('integers as Python reads them', () => {
    expect(['3', '+3', '-3', ' 3 ', '1_000', '007'].map((each) => value(int(), each))).toEqual([
      3, 3, -3, 3, 1000, 7,
    ]);
    for (const wrong of ['', 'a', '1.5', '0x10', '1e3', '1__0', '2 # two']) {
      expect(value(int(), wrong)).toBe('! is not a whole number');
    }
    expect(value(int(1), '0')).toBe('! is less than 1');
    expect(value(int(1, 65535), '65536')).toBe('! is more than 65535');
  });

  it('choices', () => {
    expect(value(oneOf('docker', 'podman'), 'podman')).toBe('podman');
    expect(value(oneOf('docker', 'podman'), 'Podman')).toBe('! is not one of docker, podman');
  });

  it('lists', () => {
    expect(value(list(text), ' a, b ,c,')).toEqual(['a', 'b', 'c']);
    expect(value(list(text), 'a,,b')).toEqual(['a', '', 'b']);
    expect(value(list(text), '')).toEqual([]);
    expect(value(list(text), 'vme,+ssse3,-mmx')).toEqual(['vme', '+ssse3', '-mmx']);
    expect(value(list(int()), '2048, 1048576')).toEqual([2048, 1048576]);
    expect(value(list(int()), '2M')).toBe('! has an item, "2M", that is not a whole number');
    expect(value(boundedList(int()), '[0, 1]')).toEqual([0, 1]);
    expect(value(boundedList(int()), '[]')).toEqual([]);
    expect(value(boundedList(int()), '0,1')).toMatch(/brackets/);
  });

  it('dictionaries', () => {
    expect(value(dict(text), 'a:b,c:d')).toEqual(new Map(Object.entries({ a: 'b', c: 'd' })));
    expect(value(dict(text), ' a : fd00::1 , c:')).toEqual(new Map(Object.entries({ a: 'fd00::1', c: '' })));
    expect(value(dict(text), '')).toEqual(new Map());
    expect(value(dict(boundedList(int())), '0: [0,1], 1: [2, 3]')).toEqual(
      new Map(Object.entries({ 0: [0, 1], 1: [2, 3] })),
    );
    expect(value(dict(boundedList(int())), '0: [0,1], 1: [2')).toMatch(/^! has a value, that of "1"/);
    expect(value(dict(text), 'a')).toBe('! has a part, "a", that is no name:value pair');
    expect(value(dict(text), ':b')).toBe('! has a pair without a name: ":b"');
    expect(value(dict(text), 'a:1,a:2')).toBe('! has the name "a" twice');
  });

  it('secrets', () => {
    const read = secret.read('s3cr3t');
    expect(read.ok && read.value.reveal()).toBe('s3cr3t');
    expect(JSON.stringify(read)).not.toContain('s3cr3t');
  });
});
