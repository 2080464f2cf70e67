import { expect, it } from 'vitest';
import { editDistance, nearestName } from './nearest-name.js';

it('counts what it takes to get from one name to another', () => {
  expect(editDistance('', 'abc')).toBe(3);
  expect(editDistance('abc', 'abc')).toBe(0);
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('cpu_mdoel', 'cpu_model')).toBe(1);
});

it('finds the name that was meant, or none', () => {
  const names = ['flavor_ram_size', 'flavor_volume_size', 'cpu_model', 'host'];
  expect(nearestName('flavor-ram-size', names)).toBe('flavor_ram_size');
  expect(nearestName('flavor_volumesize', names)).toBe('flavor_volume_size');
  expect(nearestName('CPU_MODELS', names)).toBe('cpu_model');
  expect(nearestName('something_else', names)).toBeUndefined();
  expect(nearestName('x', [])).toBeUndefined();
});
