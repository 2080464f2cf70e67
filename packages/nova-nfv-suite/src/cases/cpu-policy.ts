import {
  dedicated,
  expect,
  feature,
  freeDedicatedCpus,
  microversion,
  shared,
  sharedCpus,
  test,
} from '@whitebox/testkit';

test(
  'a guest with shared CPUs floats over the shared set of its host and is pinned nowhere',
  {
    claim: { sharedHosts: 'one' },
    needs: [sharedCpus({ perHost: 1 })],
    replaces: ['test_cpu_pinning.CPUPolicyTest.test_cpu_shared'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: shared(2) });

    const cpus = await server.cpus();
    expect(cpus.pinnedVcpus).toEqual([]);
    expect(cpus.floating).toBeCpus(server.host.shared);
    expect(cpus).toAgreeEverywhere();
    expect(await server.allocations()).toMatchObject({ VCPU: 2 });
    expect(await server.allocations()).not.toHaveProperty('PCPU');
  },
);

test(
  'two guests with dedicated CPUs on one host share none',
  {
    claim: { servers: 2, dedicatedCpus: 2, sharedHosts: 'one' },
    needs: [microversion('2.74'), freeDedicatedCpus({ perHost: 2 })],
    replaces: ['test_cpu_pinning.CPUPolicyTest.test_cpu_dedicated'],
  },
  async ({ cloud }) => {
    const vcpus = cloud.shareOfDedicatedCpus(1 / 2);
    const first = await cloud.boot({ flavor: dedicated(vcpus) });
    const second = await cloud.boot({ flavor: dedicated(vcpus), host: first.host });
    expect(second.host.name).toBe(first.host.name);

    const [one, other] = [await first.cpus(), await second.cpus()];
    for (const cpus of [one, other]) {
      expect(cpus.pinnedVcpus).toHaveLength(vcpus);
      expect(cpus.pinned).toLieWithin(first.host.dedicated);
      expect(cpus).toAgreeEverywhere();
    }
    expect(one.pinned).toBeDisjointFrom(other.pinned);
    expect(await first.allocations()).toMatchObject({ PCPU: vcpus });
    expect(await first.allocations()).not.toHaveProperty('VCPU');
  },
);

test(
  'a resize from dedicated to shared CPUs gives the dedicated ones back',
  {
    claim: { dedicatedCpus: 1 },
    needs: [feature('resize'), freeDedicatedCpus({ perHost: 1 }), sharedCpus({ perHost: 1 })],
    replaces: ['test_cpu_pinning.CPUPolicyTest.test_resize_pinned_server_to_unpinned'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: dedicated(1) });
    const before = await server.cpus();
    expect(before.pinned).toLieWithin(server.host.dedicated);
    expect(before).toAgreeEverywhere();

    await server.resize(shared(1));

    const after = await server.cpus();
    expect(after.pinnedVcpus).toEqual([]);
    expect(after.floating).toBeCpus(server.host.shared);
    expect(after).toAgreeEverywhere();
    expect(await server.allocations()).not.toHaveProperty('PCPU');
  },
);

test(
  'a resize from shared to dedicated CPUs pins the guest',
  {
    claim: { dedicatedCpus: 1 },
    needs: [feature('resize'), freeDedicatedCpus({ perHost: 1 }), sharedCpus({ perHost: 1 })],
    replaces: ['test_cpu_pinning.CPUPolicyTest.test_resize_unpinned_server_to_pinned'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: shared(1) });
    const before = await server.cpus();
    expect(before.pinnedVcpus).toEqual([]);
    expect(before).toAgreeEverywhere();

    await server.resize(dedicated(1));

    const after = await server.cpus();
    expect(after.pinnedVcpus).toHaveLength(1);
    expect(after.pinned).toLieWithin(server.host.dedicated);
    expect(after).toAgreeEverywhere();
    expect(await server.allocations()).toMatchObject({ PCPU: 1 });
  },
);

test(
  'a hard reboot keeps the dedicated CPUs of a guest',
  {
    claim: { dedicatedCpus: 2, sharedHosts: 'one' },
    needs: [freeDedicatedCpus({ perHost: 1 })],
    replaces: ['test_cpu_pinning.CPUPolicyTest.test_reboot_pinned_server'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: dedicated(cloud.shareOfDedicatedCpus(1)) });
    const before = await server.cpus();
    expect(before.pinned).toLieWithin(server.host.dedicated);
    expect(before).toAgreeEverywhere();

    await server.hardReboot();

    const after = await server.cpus();
    expect(after.pinned).toBeCpus(before.pinned);
    expect(after).toAgreeEverywhere();
  },
);
