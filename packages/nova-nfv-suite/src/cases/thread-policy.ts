import {
  dedicated,
  expect,
  freeDedicatedCpusWithoutSmt,
  freeSmtCores,
  freeThreadedCores,
  microversion,
  test,
} from '@whitebox/testkit';
import { union } from '../cpu-sets.js';

/** Placement's word for a compute with SMT. */
const smtTrait = 'HW_CPU_HYPERTHREADING';

test(
  'a guest with thread policy prefer gets both threads of a core on a host with SMT',
  {
    needs: [microversion('2.74'), freeSmtCores({ perHost: 1 })],
    replaces: ['test_cpu_pinning.CPUThreadPolicyTest.test_threads_prefer'],
  },
  async ({ cloud }) => {
    const host = cloud.computeWithMost(freeThreadedCores);
    const server = await cloud.boot({ flavor: dedicated(2, { 'hw:cpu_thread_policy': 'prefer' }), host });
    expect(server.host.name).toBe(host.name);

    const cpus = await server.cpus();
    expect(cpus.pinnedVcpus).toEqual([0, 1]);
    expect(cpus.pinned.size).toBe(2);
    expect(cpus.pinned).toLieWithin(server.host.dedicated);
    // Fullest cores first, as many threads of each as fit: nova/virt/hardware.py, _pack_instance_onto_cores.
    const cores = await server.host.coresOf(cpus.pinned);
    expect(cores).toHaveLength(1);
    expect(cpus.pinned).toLieWithin(union(cores));
    expect(cpus).toAgreeEverywhere();
  },
);

test(
  'a guest with thread policy require goes to a host with SMT and gets whole cores, two vCPUs on each',
  {
    needs: [freeSmtCores({ perHost: 2 })],
    replaces: ['test_cpu_pinning.CPUThreadPolicyTest.test_threads_require'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: dedicated(4, { 'hw:cpu_thread_policy': 'require' }) });

    const cpus = await server.cpus();
    expect(cpus.pinnedVcpus).toEqual([0, 1, 2, 3]);
    expect(cpus.pinned.size).toBe(4);
    expect(cpus.pinned).toLieWithin(server.host.dedicated);
    expect(cpus.pinned).toBeCpus(union(await server.host.coresOf(cpus.pinned)));
    for (const [one, other] of [
      [0, 1],
      [2, 3],
    ] as const) {
      const cores = await server.host.coresOf(cpus.vcpu(one).union(cpus.vcpu(other)));
      expect(cores, `cores of vCPU ${one} and ${other}`).toHaveLength(1);
    }
    expect(cpus).toAgreeEverywhere();
    // Placement is asked for a compute with the trait: nova/scheduler/utils.py, _translate_pinning_policies.
    expect(await server.providerTraits()).toContain(smtTrait);
    expect(await server.allocations()).toMatchObject({ PCPU: 4 });
  },
);

test(
  'a guest with thread policy isolate goes to a host without SMT and has cores to itself',
  {
    needs: [freeDedicatedCpusWithoutSmt({ perHost: 3 })],
    replaces: ['test_cpu_pinning.CPUThreadPolicyTest.test_threads_isolate'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: dedicated(2, { 'hw:cpu_thread_policy': 'isolate' }) });
    const neighbour = await cloud.boot({ flavor: dedicated(1), host: server.host });
    expect(neighbour.host.name).toBe(server.host.name);

    const [cpus, others] = [await server.cpus(), await neighbour.cpus()];
    expect(cpus.pinnedVcpus).toEqual([0, 1]);
    expect(cpus.pinned).toLieWithin(server.host.dedicated);
    const cores = await server.host.coresOf(cpus.pinned);
    expect(cores, 'cores of two isolated vCPUs').toHaveLength(2);
    expect(others.pinned).toBeDisjointFrom(union(cores));
    for (const placement of [cpus, others]) expect(placement).toAgreeEverywhere();
    // Placement is asked for a compute without the trait; one that has it and came by the fallback query for VCPUs is refused by
    // nova/virt/hardware.py, _pack_instance_onto_cores (lp#1889633).
    const traits = await server.providerTraits();
    expect(traits).toContain('COMPUTE_NODE');
    expect(traits).not.toContain(smtTrait);
    expect(await server.allocations()).toMatchObject({ PCPU: 2 });
  },
);
