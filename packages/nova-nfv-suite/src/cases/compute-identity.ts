import {
  computeIdentity,
  expect,
  identityDifferences,
  microversion,
  test,
  type Cloud,
} from '@whitebox/testkit';

test(
  'a compute is the same one to API, database, Placement and libvirt',
  { claim: {}, needs: [microversion('2.53')] },
  async ({ cloud }) => {
    await expectOneIdentity(cloud, { withFile: false });
  },
);

test(
  'a compute keeps the UUID that API, database and Placement know in its file compute_id',
  {
    claim: {},
    since: 27,
    needs: [microversion('2.53')],
    replaces: ['test_compute_id.TestStableCpuId.test_compute_id_file_match_db_state'],
  },
  async ({ cloud }) => {
    await expectOneIdentity(cloud, { withFile: true });
  },
);

async function expectOneIdentity(cloud: Cloud, options: { readonly withFile: boolean }): Promise<void> {
  expect(cloud.computes.length, 'computes').toBeGreaterThan(0);
  for (const compute of cloud.computes) {
    await cloud.act('act', `ask every layer who ${compute.name} is`, async () => {
      const differences = identityDifferences(await computeIdentity(cloud, compute), options);
      expect(differences, `${compute.name}:\n  ${differences.join('\n  ')}`).toEqual([]);
    });
  }
}
