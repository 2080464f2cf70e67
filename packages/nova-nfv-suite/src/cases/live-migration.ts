import {
  computes,
  dedicated,
  differentSharedSets,
  disjointDedicatedSets,
  expect,
  feature,
  freeDedicatedCpus,
  microversion,
  shared,
  sharedCpus,
  test,
} from '@whitebox/testkit';
import { expectIothreadsWithEmulator } from '../iothreads.js';

test(
  'a live migration gives a guest dedicated CPUs and emulator threads of its new host',
  {
    claim: { servers: 2, dedicatedCpus: 4 },
    needs: [
      feature('live_migration'),
      computes(2),
      microversion('2.74'),
      freeDedicatedCpus({ perHost: 2, hosts: 2 }),
      sharedCpus({ perHost: 1, hosts: 2 }),
    ],
    replaces: ['test_cpu_pinning.NUMALiveMigrationTest.test_cpu_pinning_and_emulator_threads'],
  },
  async ({ cloud }) => {
    const flavor = dedicated(cloud.shareOfDedicatedCpus(1 / 2), { 'hw:emulator_threads_policy': 'share' });
    const resident = await cloud.boot({ flavor });
    const mover = await cloud.boot({ flavor, host: cloud.computeOtherThan(resident.host) });
    for (const server of [resident, mover]) {
      const cpus = await server.cpus();
      expect(cpus.pinned).toLieWithin(server.host.dedicated);
      expect(cpus.emulator).toBeCpus(server.host.shared);
      await expectIothreadsWithEmulator(cpus, cloud);
      expect(cpus).toAgreeEverywhere();
    }

    await mover.liveMigrate({ to: resident.host });

    const [stayed, moved] = [await resident.cpus(), await mover.cpus()];
    for (const cpus of [stayed, moved]) {
      expect(cpus.pinned).toLieWithin(resident.host.dedicated);
      expect(cpus.emulator).toBeCpus(resident.host.shared);
      await expectIothreadsWithEmulator(cpus, cloud);
      expect(cpus).toAgreeEverywhere();
    }
    expect(moved.pinned).toBeDisjointFrom(stayed.pinned);
  },
);

test(
  'guests with dedicated and shared CPUs live migrate to a host that has both kinds',
  {
    claim: { servers: 4, dedicatedCpus: 2 },
    needs: [
      feature('live_migration'),
      computes(2),
      microversion('2.74'),
      freeDedicatedCpus({ perHost: 2, hosts: 2 }),
      sharedCpus({ perHost: 1, hosts: 2 }),
    ],
    replaces: ['test_cpu_pinning.NUMACPUDedicatedLiveMigrationTest.test_collocation_migration'],
  },
  async ({ cloud }) => {
    const pinnedA = await cloud.boot({ flavor: dedicated(1) });
    const floatingA = await cloud.boot({ flavor: shared(1), host: pinnedA.host });
    const pinnedB = await cloud.boot({ flavor: dedicated(1), host: cloud.computeOtherThan(pinnedA.host) });
    const floatingB = await cloud.boot({ flavor: shared(1), host: pinnedB.host });
    const destination = pinnedB.host;
    for (const server of [pinnedA, pinnedB]) {
      expect((await server.cpus()).pinned).toLieWithin(server.host.dedicated);
    }
    for (const server of [floatingA, floatingB]) {
      expect((await server.cpus()).floating).toBeCpus(server.host.shared);
    }

    await floatingA.liveMigrate({ to: destination });
    await pinnedA.liveMigrate({ to: destination });

    // On which CPUs it floats now is the next case: releases differ.
    expect(await floatingA.cpus()).toAgreeEverywhere();

    const [moved, stayed] = [await pinnedA.cpus(), await pinnedB.cpus()];
    expect(moved.pinned).toLieWithin(destination.dedicated);
    expect(moved.pinned).toBeDisjointFrom(stayed.pinned);
    expect(moved.pinned).toBeDisjointFrom(destination.shared);
    expect(moved).toAgreeEverywhere();
    expect(stayed).toAgreeEverywhere();
  },
);

test(
  'a guest with shared CPUs floats over the shared set of the host to which it live migrated',
  {
    claim: {},
    needs: [
      feature('live_migration'),
      computes(2),
      microversion('2.74'),
      sharedCpus({ perHost: 1, hosts: 2 }),
      differentSharedSets(),
    ],
    replaces: ['test_cpu_pinning.NUMACPUDedicatedLiveMigrationTest.test_collocation_migration'],
    // nova/virt/libvirt/migration.py had no _update_vcpu_xml for guests without a NUMA topology.
    knownBugs: [
      {
        bug: 'lp#1869804',
        fixedBy: 30,
        what: 'a floating guest keeps the shared set of the host that it left',
        shows: /^CPUs [\d,-]+, expected [\d,-]+/,
      },
    ],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: shared(1) });
    expect((await server.cpus()).floating).toBeCpus(server.host.shared);
    await server.liveMigrate({ to: cloud.computes.find((host) => !host.shared.equals(server.host.shared)) });
    const cpus = await server.cpus();
    expect(cpus).toAgreeEverywhere();
    expect(cpus.floating).toBeCpus(server.host.shared);
  },
);

test(
  'a soft reboot after a live migration keeps the dedicated CPUs of the new host',
  {
    claim: { dedicatedCpus: 2 },
    needs: [
      feature('live_migration'),
      computes(2),
      microversion('2.25'),
      freeDedicatedCpus({ perHost: 1, hosts: 2 }),
      disjointDedicatedSets(),
    ],
    replaces: ['test_live_migration.LiveMigrationBase.test_live_migrate_and_reboot'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: dedicated(cloud.shareOfDedicatedCpus(1)) });
    const before = await server.cpus();
    expect(before.pinned).toLieWithin(server.host.dedicated);

    await server.liveMigrate();
    const migrated = await server.cpus();
    expect(migrated.pinned).toBeDisjointFrom(before.pinned);
    expect(migrated.pinned).toLieWithin(server.host.dedicated);
    // The inactive XML is among the layers: it is what the reboot below starts from (lp#1890501).
    expect(migrated).toAgreeEverywhere();

    await server.softReboot();

    const rebooted = await server.cpus();
    expect(rebooted.pinned).toBeCpus(migrated.pinned);
    expect(rebooted).toAgreeEverywhere();
  },
);
