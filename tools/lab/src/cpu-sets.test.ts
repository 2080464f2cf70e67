import { describe, expect, it } from 'vitest';
import { cpuSetsFor, formatCpuList, parseCpuList } from './cpu-sets.js';

describe('CPU lists', () => {
  it.each([
    ['0', [0]],
    ['0-3', [0, 1, 2, 3]],
    ['0-1,4,6-7', [0, 1, 4, 6, 7]],
  ])('%s', (text, cpus) => {
    expect(parseCpuList(text)).toEqual(cpus);
    expect(formatCpuList(cpus)).toBe(text);
  });

  it('may end in a line feed, as the kernel writes them', () => {
    expect(parseCpuList('0-1\n')).toEqual([0, 1]);
  });
});

describe('CPU sets of the two computes', () => {
  it('are two CPUs each on four, crossed', () => {
    expect(cpuSetsFor([0, 1, 2, 3])).toEqual([
      { dedicated: '0-1', shared: '2-3' },
      { dedicated: '2-3', shared: '0-1' },
    ]);
  });

  it('use four of eight', () => {
    expect(cpuSetsFor([0, 1, 2, 3, 4, 5, 6, 7])[1]).toEqual({ dedicated: '2-3', shared: '0-1' });
  });

  it.each([[[0, 1]], [[0, 1, 2]]])('are one CPU each on %j', (cpus) => {
    expect(cpuSetsFor(cpus)).toEqual([
      { dedicated: '0', shared: '1' },
      { dedicated: '1', shared: '0' },
    ]);
  });

  it('are of the CPUs that may be used, not of numbers from 0', () => {
    expect(cpuSetsFor([2, 5, 6, 9])).toEqual([
      { dedicated: '2,5', shared: '6,9' },
      { dedicated: '6,9', shared: '2,5' },
    ]);
  });

  it.each([[[]], [[0]]])('cannot be made of %j', (cpus) => {
    expect(() => cpuSetsFor(cpus)).toThrow(expect.objectContaining({ code: 'WB_LAB_CPUS', exitCode: 4 }));
  });
});
