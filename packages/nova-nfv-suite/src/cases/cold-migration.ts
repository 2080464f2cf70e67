import {
  allocatedByHost,
  computes,
  dedicated,
  disjointDedicatedSets,
  expect,
  feature,
  freeDedicatedCpus,
  heldOn,
  test,
  waitUntilGivenBack,
  type Cloud,
  type TestServer,
} from '@whitebox/testkit';
import { expectPinned } from '../expect-pinned.js';

const needs = [
  feature('cold_migration'),
  computes(2),
  freeDedicatedCpus({ perHost: 2, hosts: 2 }),
  disjointDedicatedSets(),
];

test(
  'a cold migration gives a guest dedicated CPUs of its new host, and gives back the old ones when it is confirmed',
  { claim: { dedicatedCpus: 2 }, needs },
  async ({ cloud }) => {
    const { server, source, before, amounts, migration } = await migrated(cloud);

    await server.confirmResize();

    expect(server.host.name).not.toBe(source.name);
    await expectPinned(cloud, server);
    await waitUntilGivenBack(cloud, source, before.pinned);
    expect(await allocatedByHost(cloud, server.id)).toEqual({ [server.host.name]: amounts });
    expect(await allocatedByHost(cloud, migration), 'what the migration still keeps').toEqual({});
  },
);

test(
  'a cold migration that is reverted brings back the very CPUs that a guest had, and frees the host where it was',
  { claim: { dedicatedCpus: 2 }, needs },
  async ({ cloud }) => {
    const { server, source, before, amounts, migration } = await migrated(cloud);
    const [destination, there] = [server.host, (await server.cpus()).pinned];

    await server.revertResize();

    expect(server.host.name).toBe(source.name);
    const after = await expectPinned(cloud, server);
    expect(after.topology).toEqual(before.topology);
    await waitUntilGivenBack(cloud, destination, there);
    expect(await allocatedByHost(cloud, server.id)).toEqual({ [source.name]: amounts });
    expect(await allocatedByHost(cloud, migration), 'what the migration still keeps').toEqual({});
    const domains = (await destination.virsh.list()).map(({ name }) => name);
    expect(domains, `domains of ${destination.name}`).not.toContain(server.domain);
  },
);

/** A guest that waits for confirmation: it has CPUs of its new host, and the old ones are kept for it. */
async function migrated(cloud: Cloud) {
  const server = await cloud.boot({ flavor: dedicated(2) });
  const [source, before, amounts] = [
    server.host,
    await expectPinned(cloud, server),
    await server.allocations(),
  ];
  expect(amounts).toMatchObject({ PCPU: 2 });

  await server.coldMigrate();

  expect(server.host.name).not.toBe(source.name);
  await expectPinned(cloud, server);
  expect(before.pinned).toLieWithin((await heldOn(cloud, source)).cpus);
  const migration = await migrationOf(cloud, server);
  expect(await allocatedByHost(cloud, migration)).toEqual({ [source.name]: amounts });
  expect(await allocatedByHost(cloud, server.id)).toEqual({ [server.host.name]: amounts });
  return { server, source, before, amounts, migration };
}

/** UUID of the move that is not confirmed yet: Placement's consumer of what is kept on the source. */
async function migrationOf(cloud: Cloud, server: TestServer): Promise<string> {
  const rows = await cloud.database.migrations({ instanceUuid: server.id, inProgress: true });
  expect(rows, 'migrations that wait for confirmation').toHaveLength(1);
  const [row] = rows;
  expect(row).toMatchObject({ type: 'migration', destCompute: server.host.name });
  return row?.uuid ?? '';
}
