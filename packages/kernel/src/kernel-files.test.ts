import { CpuSet } from '@whitebox/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KernelFiles } from './kernel-files.js';

describe('KernelFiles', () => {
  it('gives back the content of any files that grep printed', () => {
    const path = fc.stringMatching(/^\/[a-z0-9_/.-]{1,20}$/);
    const line = fc.string().map((text) => text.replaceAll('\n', ' '));
    fc.assert(
      fc.property(fc.dictionary(path, fc.array(line, { minLength: 1 })), (contents) => {
        const files = Object.entries(contents);
        const printed = files.flatMap(([name, lines]) => lines.map((text) => `${name}:${text}\n`)).join('');
        const read = new KernelFiles('read', 'host', printed);
        for (const [name, lines] of files) expect(read.get(name)).toBe(lines.join('\n'));
        expect(read.find('/not/there')).toBeUndefined();
      }),
    );
  });

  it('takes lines of a file together wherever they are, and leaves out what is of none', () => {
    const read = new KernelFiles('read', 'host', 'lost\n/a:1\n/b:\n\n/a:2:x\n/a:\n/ab:3\nlost too\n/b:4');
    expect(['/a', '/b', '/ab'].map((path) => read.find(path))).toEqual(['1\n2:x\n', '\n4', '3']);
  });

  it('reads any CPU list that the kernel prints', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 8191 })), (ids) => {
        const set = CpuSet.from(ids);
        expect(new KernelFiles('read', 'host', `/x:${set.toString()}\n`).cpuSet('/x').ids).toEqual(set.ids);
      }),
    );
  });

  it.each(['', 'x', '1.5', '0x10', '99999999999999999999'])('does not take %j for a number', (text) => {
    const files = new KernelFiles('read', 'compute1', `/x:${text}`);
    expect(() => files.integer('/x')).toThrow(/on compute1: \/x has/);
  });
});
