import { dedicated, expect, freeDedicatedCpus, test } from '@whitebox/testkit';

test(
  'an in-place rebuild leaves host and dedicated CPUs as they were',
  {
    claim: { dedicatedCpus: 2, sharedHosts: 'one' },
    needs: [freeDedicatedCpus({ perHost: 2 })],
    replaces: ['test_cpu_pinning.NUMARebuildTest.test_in_place_rebuild'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: dedicated(2, { 'hw:cpu_thread_policy': 'prefer' }) });
    const before = await server.cpus();
    expect(before.pinned).toLieWithin(server.host.dedicated);
    expect(before).toAgreeEverywhere();

    await server.rebuild(await cloud.alternativeImage());

    const after = await server.cpus();
    expect(after.hostName).toBe(before.hostName);
    expect(after.topology).toEqual(before.topology);
    expect(after.pinned).toBeCpus(before.pinned);
    expect(after).toAgreeEverywhere();
  },
);
