import { expect, freeDedicatedCpus, microversion, sharedCpus, test } from '@whitebox/testkit';

test(
  'a guest with mixed CPUs has its first vCPU on the shared set and its second on a dedicated CPU',
  {
    claim: { dedicatedCpus: 1, sharedHosts: 'one' },
    needs: [microversion('2.87'), freeDedicatedCpus({ perHost: 1 }), sharedCpus({ perHost: 1 })],
    replaces: ['test_cpu_pinning.MixedCPUPolicyTest.test_shared_pinned_and_unpinned_guest'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({
      flavor: { vcpus: 2, extraSpecs: { 'hw:cpu_policy': 'mixed', 'hw:cpu_dedicated_mask': '^0' } },
    });

    const cpus = await server.cpus();
    expect(cpus.pinnedVcpus).toEqual([1]);
    // Of the cell that the guest is on: nova/virt/libvirt/driver.py, _get_guest_numa_config.
    const cell = await server.host.cellsOf(cpus.vcpu(1));
    expect(cpus.vcpu(0)).toBeCpus(server.host.shared.intersection(cell));
    expect(cpus.vcpu(1)).toLieWithin(server.host.dedicated);
    expect(cpus.vcpu(1).size).toBe(1);
    expect(cpus).toAgreeEverywhere();
    expect(await server.allocations()).toMatchObject({ VCPU: 1, PCPU: 1 });
  },
);
