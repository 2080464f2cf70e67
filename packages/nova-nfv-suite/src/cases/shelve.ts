import {
  allocatedByHost,
  computes,
  dedicated,
  disjointDedicatedSets,
  expect,
  freeDedicatedCpus,
  microversion,
  test,
  waitUntilGivenBack,
} from '@whitebox/testkit';
import { expectPinned } from '../expect-pinned.js';

test(
  'a guest that is shelved and offloaded holds no dedicated CPU, and has some of the host to which it is unshelved',
  {
    claim: { dedicatedCpus: 2 },
    needs: [
      computes(2),
      // unshelve to a host of choice
      microversion('2.91'),
      freeDedicatedCpus({ perHost: 2, hosts: 2 }),
      disjointDedicatedSets(),
    ],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: dedicated(2) });
    const [source, amounts] = [server.host, await server.allocations()];
    const before = await expectPinned(cloud, server);

    await server.shelve();
    if (server.hasHost) {
      const { openstack, signal } = cloud;
      await cloud.act('act', `offload ${server.name}`, async () => {
        await openstack.actions.shelveOffload(server.id, { timeoutMs: 120_000, signal });
        await server.refresh();
      });
    }

    expect(await allocatedByHost(cloud, server.id), 'allocations of a guest without a host').toEqual({});
    await waitUntilGivenBack(cloud, source, before.pinned);
    const domains = (await source.virsh.list()).map(({ name }) => name);
    expect(domains, `domains of ${source.name}`).not.toContain(server.domain);

    const destination = cloud.computeOtherThan(source);
    await server.unshelve({ to: destination });
    expect(server.host.name).toBe(destination.name);
    const after = await expectPinned(cloud, server);
    expect(after.pinnedVcpus).toEqual(before.pinnedVcpus);
    expect(await allocatedByHost(cloud, server.id)).toEqual({ [destination.name]: amounts });
  },
);
