import { describe, expect, test } from 'vitest';
import { endpointUrl, hasEndpoint, type CatalogEntry, type EndpointChoice } from './catalog.js';

function entry(
  type: string,
  ...endpoints: [region: string, face: 'public' | 'internal', url: string][]
): CatalogEntry {
  return {
    type,
    name: type,
    endpoints: endpoints.map(([region, face, url]) => ({ interface: face, region, url })),
  };
}

const catalog = [
  entry(
    'compute',
    ['one', 'public', 'http://one/'],
    ['two', 'public', 'http://two/'],
    ['one', 'internal', 'http://in/'],
  ),
  entry('volumev3', ['one', 'public', 'http://volumes']),
];
const choice: EndpointChoice = { regionName: 'one', interface: 'public', overrides: {} };

describe('endpointUrl', () => {
  test('chooses by region and interface', () => {
    expect(endpointUrl(catalog, 'compute', choice)).toBe('http://one/');
    expect(endpointUrl(catalog, 'compute', { ...choice, regionName: 'two' })).toBe('http://two/');
    expect(endpointUrl(catalog, 'compute', { ...choice, interface: 'internal' })).toBe('http://in/');
  });

  test('knows the other names of a service, the official one first', () => {
    expect(endpointUrl(catalog, 'block-storage', choice)).toBe('http://volumes');
    const both = [...catalog, entry('block-storage', ['one', 'public', 'http://official'])];
    expect(endpointUrl(both, 'block-storage', choice)).toBe('http://official');
  });

  test('prefers an override', () => {
    const overrides = { volumev3: 'http://o' };
    expect(endpointUrl(catalog, 'block-storage', { ...choice, overrides })).toBe('http://o');
    expect(hasEndpoint([], 'block-storage', { ...choice, overrides })).toBe(true);
  });

  test('says what there is instead', () => {
    expect(() => endpointUrl(catalog, 'image', choice)).toThrow(
      'no public endpoint of image or imagev2 in region one; the catalogue has compute (public@one, public@two, internal@one), volumev3 (public@one)',
    );
    expect(() => endpointUrl([], 'image', choice)).toThrow('say the project');
    expect(() => endpointUrl(catalog, 'compute', { ...choice, regionName: undefined })).toThrow(
      '2 regions: one, two',
    );
    expect(hasEndpoint(catalog, 'image', choice)).toBe(false);
    expect(hasEndpoint(catalog, 'compute', choice)).toBe(true);
  });
});
