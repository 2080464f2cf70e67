import { expect, microversion, numaCells, test } from '@whitebox/testkit';
import { expectTwoCells } from '../two-cells.js';

const mib = 1024;

test(
  'a guest with mixed CPUs over two equal cells has floating and dedicated vCPUs in each host cell',
  {
    claim: { dedicatedCpus: 1, cells: 2, sharedHosts: 'one' },
    needs: [microversion('2.87'), numaCells({ cells: 2, dedicated: 1, shared: 1 })],
    replaces: ['test_cpu_pinning.MixedCPUPolicyTestMultiNuma.test_symmetric_multi_numa'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({
      flavor: {
        vcpus: 4,
        ramMib: 128,
        extraSpecs: { 'hw:cpu_policy': 'mixed', 'hw:cpu_dedicated_mask': '1,3', 'hw:numa_nodes': '2' },
      },
    });

    const { cells } = await expectTwoCells(server);
    expect(cells.map(({ vcpus }) => vcpus.toString())).toEqual(['0-1', '2-3']);
    expect(cells.map(({ memoryKib }) => memoryKib)).toEqual([64 * mib, 64 * mib]);
    expect((await server.cpus()).pinnedVcpus).toEqual([1, 3]);
    expect(await server.allocations()).toMatchObject({ VCPU: 2, PCPU: 2 });
  },
);

test(
  'a guest with mixed CPUs over two unequal cells has each vCPU and its memory in the host cell of its own cell',
  {
    claim: { vcpus: 5, dedicatedCpus: 2, cells: 2, sharedHosts: 'one' },
    needs: [microversion('2.87'), numaCells({ cells: 2, dedicated: 2, shared: 1 })],
    replaces: ['test_cpu_pinning.MixedCPUPolicyTestMultiNuma.test_asymmetric_multi_numa'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({
      flavor: {
        vcpus: 5,
        ramMib: 192,
        extraSpecs: {
          'hw:cpu_policy': 'mixed',
          // One of two and two of three: some releases take no cell without a dedicated vCPU (lp#1994526).
          'hw:cpu_dedicated_mask': '1,3,4',
          'hw:numa_nodes': '2',
          'hw:numa_cpus.0': '0,1',
          'hw:numa_cpus.1': '2,3,4',
          'hw:numa_mem.0': '64',
          'hw:numa_mem.1': '128',
        },
      },
    });

    const { cells } = await expectTwoCells(server);
    expect(cells.map(({ vcpus }) => vcpus.toString())).toEqual(['0-1', '2-4']);
    expect(cells.map(({ memoryKib }) => memoryKib)).toEqual([64 * mib, 128 * mib]);
    expect((await server.cpus()).pinnedVcpus).toEqual([1, 3, 4]);
    expect(await server.allocations()).toMatchObject({ VCPU: 2, PCPU: 3 });
  },
);
