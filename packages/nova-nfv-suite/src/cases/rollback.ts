import {
  allocatedByHost,
  blockStorage,
  computes,
  dedicated,
  disjointDedicatedSets,
  expect,
  feature,
  freeDedicatedCpus,
  microversion,
  test,
  waitUntil,
  type Cloud,
  type KnownBug,
  type TestServer,
} from '@whitebox/testkit';
import { bootFromVolume } from '../boot-from-volume.js';
import { expectPinned } from '../expect-pinned.js';
import { breakOff, hasDomain, type HowToBreakOff } from '../slow-migration.js';

const needs = [
  feature('live_migration'),
  computes(2),
  microversion('2.24'),
  freeDedicatedCpus({ perHost: 2, hosts: 2 }),
  disjointDedicatedSets(),
];

// Without claims: a nova-compute was seen to do nothing else for a minute and a half while a migration of its went on at 1 MiB/s.
const ways: readonly { readonly name: string; readonly how: HowToBreakOff; readonly ends: RegExp }[] = [
  // Failed where libvirt has forgotten the job before Nova looks at it: find_job_type of nova/virt/libvirt/migration.py.
  { name: 'is aborted', how: 'abort', ends: /^(cancelled|failed)$/ },
  { name: 'fails because its new process dies', how: 'kill', ends: /^(error|failed)$/ },
];

for (const { name, how, ends } of ways) {
  test(
    `a guest from a volume whose live migration ${name} stays as it is, and nothing is kept for it elsewhere`,
    {
      needs: [...needs, feature('volume_backed_live_migration'), blockStorage()],
    },
    async ({ cloud }) => {
      const { server } = await bootFromVolume(cloud, { flavor: dedicated(2) });
      await expectToStay(cloud, server, how, ends);
    },
  );
}

/**
 * rollback_live_migration_at_destination of nova/compute/manager.py has the guest look as it would have there while the driver
 * removes its disk; the driver saves it then (_cleanup, nova/virt/libvirt/driver.py), with the migration context where the source
 * has dropped that already, and the source knows nothing of it. No report of it was found. Not lp#1894095, where it is
 * compute_nodes that is wrong, until the next periodic task.
 */
const savedAtDestination: KnownBug = {
  bug: 'nova commit 990a26ef1f',
  since: 21,
  what: 'the rollback saves the CPUs of the destination for a guest with a disk of its own',
  shows:
    /vCPU \d+: (expected CPU \d+ \(database\), found \d+|domain XML \d+, .*database \d+)|migration context: expected/,
};

test(
  'a guest with a disk of its own whose live migration is aborted stays as it is, and nothing is kept for it elsewhere',
  { needs, knownBugs: [savedAtDestination] },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: dedicated(2) });
    await expectToStay(cloud, server, 'abort', /^(cancelled|failed)$/);
  },
);

/** The destination may write down that there is no task before the source drops the context (_rollback_live_migration). */
async function lastingContext(cloud: Cloud, server: TestServer): Promise<unknown> {
  const { database, signal } = cloud;
  const end = performance.now() + 30_000;
  return waitUntil(
    'the migration context to be dropped',
    async () => {
      const { migrationContext } = await database.extra(server.id, { signal });
      return migrationContext === null || performance.now() > end
        ? { done: true, value: migrationContext }
        : { done: false, seen: 'still there' };
    },
    { timeoutMs: 60_000, signal },
  );
}

async function expectToStay(
  cloud: Cloud,
  server: TestServer,
  how: HowToBreakOff,
  ends: RegExp,
): Promise<void> {
  const [source, destination] = [server.host, cloud.computeOtherThan(server.host)];
  const [before, amounts] = [await expectPinned(cloud, server), await server.allocations()];
  const process = await server.process();

  const migration = await breakOff(cloud, server, destination, how);

  expect(migration.status, 'status of the migration').toMatch(ends);
  expect((await server.refresh()).status).toBe('ACTIVE');
  expect(server.host.name).toBe(source.name);
  expect(await server.process()).toMatchObject({ pid: process.pid, startTicks: process.startTicks });
  expect(await server.cpus()).toAgreeEverywhere();
  expect(await lastingContext(cloud, server), 'migration context').toBeNull();
  // lp#1894095: the source accounts for CPUs of the destination, which keeps them too.
  await migration.claimIsGone();
  const after = await expectPinned(cloud, server);
  expect(after.topology).toEqual(before.topology);
  expect(await allocatedByHost(cloud, server.id)).toEqual({ [source.name]: amounts });
  expect(await allocatedByHost(cloud, migration.uuid), 'what the migration still keeps').toEqual({});
  expect(await hasDomain(destination, server), `${destination.name} still knows the guest`).toBe(false);

  // Nothing is in the way of the next one.
  await server.liveMigrate({ to: destination });
  const cpus = await server.cpus();
  expect(cpus.pinned).toLieWithin(destination.dedicated);
  expect(cpus).toAgreeEverywhere();
}
