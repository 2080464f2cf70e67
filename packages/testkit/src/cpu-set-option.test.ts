import { CpuSet } from '@whitebox/core';
import { describe, expect, it } from 'vitest';
import { CpuSetOption } from './cpu-set-option.js';

const said = (cpus: string) => ({ cpus: CpuSet.parse(cpus), place: 'nodes.yaml:12' });
const inForce = (cpus: string) => ({ cpus: CpuSet.parse(cpus), place: '/etc/nova/nova.conf:7' });

describe('a CPU set of a compute', () => {
  it('is what is in force where nobody says anything', () => {
    const option = new CpuSetOption('cpu_shared_set', undefined);
    option.read(inForce('4-5'));
    expect(option.cpus.toString()).toBe('4-5');
    expect(option.difference).toBeUndefined();
  });

  it('is what is said, and the difference is told', () => {
    const option = new CpuSetOption('cpu_shared_set', said('2-3'));
    option.read(inForce('4-5'));
    expect(option.cpus.toString()).toBe('2-3');
    expect(option.difference).toBe(
      'nodes.yaml:12 says cpu_shared_set 2-3, but nova-compute has 4-5 in force (/etc/nova/nova.conf:7); what is said is taken. Correct it, or leave it out.',
    );
  });

  it('is what is in force again once a case has changed it', () => {
    const option = new CpuSetOption('cpu_shared_set', said('2-3'));
    option.read(inForce('2-3'));
    expect(option.difference).toBeUndefined();
    option.read({ cpus: CpuSet.empty, place: 'unset' });
    expect(option.cpus.isEmpty).toBe(true);
    option.read(inForce('2-3'));
    expect(option.cpus.toString()).toBe('2-3');
  });

  it('is not guessed before it was read', () => {
    expect(() => new CpuSetOption('cpu_shared_set', said('2')).cpus).toThrow('has not been read');
  });
});
