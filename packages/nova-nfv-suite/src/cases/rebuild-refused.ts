import { dedicated, expect, freeDedicatedCpus, numaCells, test } from '@whitebox/testkit';
import { expectPinned } from '../expect-pinned.js';

test(
  'a rebuild with an image that asks for other NUMA cells is refused, and changes nothing',
  {
    claim: { dedicatedCpus: 2, sharedHosts: 'one' },
    needs: [freeDedicatedCpus({ perHost: 2 }), numaCells({ cells: 2, dedicated: 1 })],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: dedicated(2) });
    const before = await expectPinned(cloud, server);
    const [process, { imageId }] = [await server.process(), await server.refresh()];
    const twoCells = await cloud.image({ properties: { hw_numa_nodes: '2' } });

    // _validate_numa_rebuild of nova/compute/api.py: a rebuild makes no claim, so it must not need one.
    const { servers } = cloud.openstack.compute;
    const asked = cloud.act(
      'act',
      `rebuild ${server.name} with two NUMA cells, which must be refused`,
      () =>
        expect(servers.rebuild(server.id, twoCells, {}, { signal: cloud.signal })).rejects.toMatchObject({
          status: 400,
          serviceMessage: expect.stringMatching(/NUMA/) as string,
        }),
      server,
    );
    await asked;

    const after = await expectPinned(cloud, server);
    expect(after.topology).toEqual(before.topology);
    expect(await server.process()).toMatchObject({ pid: process.pid, startTicks: process.startTicks });
    expect((await server.refresh()).imageId).toBe(imageId);
    const { numaTopology } = await cloud.database.requestSpec(server.id, { signal: cloud.signal });
    expect(numaTopology?.cells, 'cells of the request spec').toHaveLength(1);
  },
);
