import { describe, expect, it } from 'vitest';
import { partsLeftOut, servicesWithout } from './optional-services.js';

describe('optional services', () => {
  it('are all there unless something is left out', () => {
    expect(servicesWithout(undefined)).toEqual(['volumes', 'keys']);
    expect(servicesWithout('keys')).toEqual(['volumes']);
    expect(servicesWithout('keys,volumes')).toEqual([]);
  });

  it('are known by name', () => {
    expect(() => servicesWithout('volumes,objects')).toThrow('there is no part objects');
  });

  it('that are left out are told as they were given', () => {
    expect(partsLeftOut(['volumes', 'keys'])).toBe('nothing');
    expect(partsLeftOut([])).toBe('volumes,keys');
    expect(partsLeftOut(servicesWithout('volumes'))).toBe('volumes');
  });
});
