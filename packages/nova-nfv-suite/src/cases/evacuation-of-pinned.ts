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
  'two guests with dedicated CPUs that are evacuated to one host at the same time share none there',
  {
    claim: { servers: 2, ownHosts: 1, sharedHosts: 'all', dedicatedCpus: 4 },
    needs: [
      computes(2),
      microversion('2.53'),
      freeDedicatedCpus({ perHost: 4, hosts: 2 }),
      disjointDedicatedSets(),
    ],
  },
  async ({ cloud }) => {
    const first = await cloud.boot({ flavor: dedicated(2) });
    const second = await cloud.boot({ flavor: dedicated(2), host: first.host });
    const source = first.host;
    const left = (await expectPinned(cloud, first)).pinned.union((await expectPinned(cloud, second)).pinned);
    const amounts = await first.allocations();
    const destination = cloud.computeOtherThan(source);

    const service = await cloud.stopService(source, 'nova-compute');
    for (const { domain } of [first, second]) await source.virsh.run(['destroy', '--domain', domain]);
    // At the same time: the tracker of the new host must count the one while it takes in the other (lp#1791075).
    const { actions } = cloud.openstack;
    const limits = { timeoutMs: 300_000, signal: cloud.signal };
    const together = async (): Promise<void> => {
      await Promise.all([first, second].map(({ id }) => actions.evacuate(id, destination.name, limits)));
      for (const server of [first, second]) await server.refresh();
    };
    const text = `evacuate ${first.name} and ${second.name} to ${destination.name}`;
    await cloud.act('evacuate', text, together, second);
    for (const server of [first, second]) {
      if ((await server.refresh()).status === 'SHUTOFF') await server.start();
      expect(server.host.name).toBe(destination.name);
    }
    await service.start();

    const pins = [await expectPinned(cloud, first), await expectPinned(cloud, second)].map(
      ({ pinned }) => pinned,
    );
    expect(pins[0]).toBeDisjointFrom(pins[1] ?? '');
    for (const { id } of [first, second]) {
      expect(await allocatedByHost(cloud, id)).toEqual({ [destination.name]: amounts });
    }
    await waitUntilGivenBack(cloud, source, left);
  },
);
