import { describe, expect, test } from 'vitest';
import { compareMicroversions } from './microversion.js';
import { novaRelease } from './nova-release.js';

describe('novaRelease', () => {
  test.each([
    ['2.93', ['zed'], [26], 'exact'],
    ['2.90', ['xena', 'yoga'], [24, 25], 'exact'],
    ['2.79', ['train'], [20], 'exact'],
    ['2.100', ['2025.1', '2025.2'], [31, 32], 'exact'],
    ['2.94', ['zed'], [26], 'between'],
    ['2.104', ['2026.1'], [33], 'newer'],
    ['2.1', [], [], 'older'],
  ])('%s', (max, names, majorVersions, certainty) => {
    expect(novaRelease(max)).toEqual({ names, majorVersions, maxMicroversion: max, certainty });
  });
});

describe('compareMicroversions', () => {
  test('compares numbers, not text', () => {
    expect(compareMicroversions('2.9', '2.10')).toBeLessThan(0);
    expect(compareMicroversions('2.100', '2.96')).toBeGreaterThan(0);
    expect(compareMicroversions('2.53', '2.53')).toBe(0);
    expect(compareMicroversions('3.0', '2.99')).toBeGreaterThan(0);
    expect(() => compareMicroversions('latest', '2.1')).toThrow('"latest" is no microversion');
  });
});
