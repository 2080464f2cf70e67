import { CpuSet } from '@whitebox/core';
import { describe, expect, it } from 'vitest';
import { CpuPlacement } from './cpu-placement.js';
import { matchers } from './matchers.js';

const cpus = (text: string): CpuSet => CpuSet.parse(text);

describe('matchers over CPUs', () => {
  it.each([
    ['toLieWithin', '0-1', '0-3', true],
    ['toLieWithin', '0-4', '0-3', false],
    ['toBeCpus', '0-1', '0,1', true],
    ['toBeCpus', '0', '0-1', false],
    ['toBeDisjointFrom', '0-1', '2-3', true],
    ['toBeDisjointFrom', '0-2', '2-3', false],
  ] as const)('%s: %s against %s is %s', (matcher, received, other, pass) => {
    expect(matchers[matcher](cpus(received), cpus(other)).pass).toBe(pass);
    expect(matchers[matcher](cpus(received), other).pass).toBe(pass);
  });

  it.each(['toLieWithin', 'toBeCpus', 'toBeDisjointFrom'] as const)(
    '%s throws over nothing on either side',
    (matcher) => {
      expect(() => matchers[matcher](CpuSet.empty, '0')).toThrow('an assertion over nothing');
      expect(() => matchers[matcher](cpus('0'), CpuSet.empty)).toThrow('an assertion over nothing');
      expect(() => matchers[matcher](undefined, '0')).toThrow('not CPUs');
    },
  );

  it('names the CPUs that are wrong', () => {
    expect(matchers.toLieWithin(cpus('1-4'), '1-2').message()).toBe(
      'CPUs 1-4, expected only some of 1-2: outside are 3-4',
    );
    expect(matchers.toBeDisjointFrom(cpus('1-4'), '4-5').message()).toBe('CPUs 1-4 and 4-5: in both are 4');
  });
});

describe('toAgreeEverywhere', () => {
  const xml = {
    vcpus: 1,
    cpuset: cpus('0'),
    vcpuPins: new Map<number, CpuSet>(),
    emulatorPin: undefined,
    ioThreadPins: new Map<number, CpuSet>(),
    ioThreads: 0,
  };
  const placement = (vcpus: Map<number, CpuSet>): CpuPlacement =>
    new CpuPlacement({
      serverName: 'vm1',
      hostName: 'compute1',
      live: xml,
      inactive: xml,
      database: null,
      kernel: {
        vcpus,
        emulator: [{ name: 'q', allowed: cpus('0') }],
        ioThreads: new Map(),
        online: cpus('0-1'),
      },
      topology: null,
    });

  it('passes where all layers agree', () => {
    expect(matchers.toAgreeEverywhere(placement(new Map([[0, cpus('0')]]))).pass).toBe(true);
  });

  it('lists each disagreement and every layer', () => {
    const result = matchers.toAgreeEverywhere(placement(new Map([[0, cpus('1')]])));
    expect(result.pass).toBe(false);
    expect(result.message()).toContain('vm1 on compute1:\n  - vCPU 0: domain XML 0, kernel 1\n');
    expect(result.message()).toContain('inactive XML');
  });

  it('throws where the kernel shows no vCPU', () => {
    expect(() => matchers.toAgreeEverywhere(placement(new Map()))).toThrow('nothing to agree on');
  });
});
