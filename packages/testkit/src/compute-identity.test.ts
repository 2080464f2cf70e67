import { expect, it } from 'vitest';
import { identityDifferences, type ComputeIdentity } from './compute-identity.js';

const good: ComputeIdentity = {
  api: { id: 'u', hostname: 'c1' },
  row: { uuid: 'u', hypervisorHostname: 'c1' },
  providers: [{ id: 'u', name: 'c1' }],
  libvirtHostname: 'c1',
  file: 'u',
};

it('finds nothing where all layers mean the same compute', () => {
  expect(identityDifferences(good, { withFile: true })).toEqual([]);
  expect(identityDifferences({ ...good, file: undefined }, { withFile: false })).toEqual([]);
});

it.each<[string, Partial<ComputeIdentity>, RegExp]>([
  ['another UUID in the file', { file: 'x' }, /compute_id is x, the API has u/],
  ['no file', { file: undefined }, /compute_id is none/],
  [
    'another UUID in the database',
    { row: { uuid: 'x', hypervisorHostname: 'c1' } },
    /UUID in the database is x/,
  ],
  [
    'another name in the database',
    { row: { uuid: 'u', hypervisorHostname: 'x' } },
    /hypervisor_hostname in the/,
  ],
  ['a host that was renamed', { libvirtHostname: 'x' }, /name in libvirt is x, the API has c1/],
  ['no provider', { providers: [] }, /providers in Placement are none; expected one/],
  ['a provider of another name', { providers: [{ id: 'u', name: 'x' }] }, /name in Placement is x/],
  [
    'a second provider of the name',
    { providers: [...good.providers, { id: 'old', name: 'c1' }] },
    /are c1 u, c1 old; expected one/,
  ],
])('finds %s', (_, change, expected) => {
  const differences = identityDifferences({ ...good, ...change }, { withFile: true });
  expect(differences).toContainEqual(expect.stringMatching(expected));
});
