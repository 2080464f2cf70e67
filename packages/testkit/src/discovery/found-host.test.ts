import { CpuSet } from '@whitebox/core';
import { describe, expect, it } from 'vitest';
import { foundCpuSet } from './found-host.js';

describe('foundCpuSet', () => {
  it('holds what the files say against what nova-compute works with', () => {
    expect(foundCpuSet('0-3', CpuSet.parse('0-3')).note).toBeUndefined();
    expect(foundCpuSet('0-3', undefined).note).toBeUndefined();
    expect(foundCpuSet('', CpuSet.parse('0-3'))).toEqual({ file: '', inForce: '0-3', note: undefined });
    expect(foundCpuSet('0-3,^2', CpuSet.parse('0,1,3')).note).toBeUndefined();
    expect(foundCpuSet('0-3', CpuSet.parse('0-1')).note).toContain('does not work with 2-3');
    expect(foundCpuSet('0-3', CpuSet.parse('2-5')).note).toContain(
      'works with 4-5, which its files do not have',
    );
  });
});
