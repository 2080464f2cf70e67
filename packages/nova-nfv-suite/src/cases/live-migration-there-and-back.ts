import {
  allocatedByHost,
  computes,
  dedicated,
  disjointDedicatedSets,
  expect,
  feature,
  freeDedicatedCpus,
  microversion,
  sharedCpus,
  test,
  waitUntilGivenBack,
  type Cloud,
  type FlavorSpec,
  type Need,
  type TestServer,
} from '@whitebox/testkit';
import { expectPinned } from '../expect-pinned.js';
import { expectRealtime, realtimeSpecs } from '../expect-realtime.js';

interface Kind {
  /** "a realtime guest" */
  readonly of: string;
  readonly keeps: string;
  readonly needs: readonly Need[];
  readonly flavor: FlavorSpec;
  /** What makes this kind of guest what it is, on the host where it is now. */
  readonly check: (cloud: Cloud, server: TestServer) => Promise<void>;
}

const kinds: readonly Kind[] = [
  {
    of: 'a realtime guest',
    keeps: 'its scheduling, its locked memory and its emulator away from the realtime CPUs',
    needs: [freeDedicatedCpus({ perHost: 3, hosts: 2 })],
    flavor: dedicated(3, realtimeSpecs),
    check: expectRealtime,
  },
  {
    of: 'a guest with mixed CPUs',
    keeps: 'a floating vCPU on the shared set and a dedicated one',
    needs: [
      microversion('2.87'),
      freeDedicatedCpus({ perHost: 1, hosts: 2 }),
      sharedCpus({ perHost: 1, hosts: 2 }),
    ],
    flavor: { vcpus: 2, extraSpecs: { 'hw:cpu_policy': 'mixed', 'hw:cpu_dedicated_mask': '^0' } },
    check: async (_cloud, server) => {
      const cpus = await server.cpus();
      expect(cpus.pinnedVcpus).toEqual([1]);
      // Of the cell that the guest is on: nova/virt/libvirt/driver.py, _get_pin_cpuset.
      const cell = await server.host.cellsOf(cpus.vcpu(1));
      expect(cpus.vcpu(0)).toBeCpus(server.host.shared.intersection(cell));
    },
  },
  {
    of: 'a guest whose emulator threads are isolated',
    keeps: 'a dedicated CPU of their own for them',
    needs: [microversion('2.74'), freeDedicatedCpus({ perHost: 3, hosts: 2 })],
    flavor: dedicated(2, { 'hw:emulator_threads_policy': 'isolate' }),
    check: async (_cloud, server) => {
      const cpus = await server.cpus();
      expect(cpus.reserved.size, 'CPUs reserved for the emulator').toBe(1);
      expect(cpus.emulator).toBeCpus(cpus.reserved);
      expect(cpus.emulator).toLieWithin(server.host.dedicated);
      expect(cpus.emulator).toBeDisjointFrom(cpus.pinned);
    },
  },
];

for (const { of, keeps, needs, flavor, check } of kinds) {
  test(
    `${of} has on the host to which it live migrated, and back on the first, ${keeps}`,
    {
      claim: { dedicatedCpus: 3 },
      needs: [feature('live_migration'), computes(2), disjointDedicatedSets(), ...needs],
    },
    async ({ cloud }) => {
      const server = await cloud.boot({ flavor });
      const [source, destination] = [server.host, cloud.computeOtherThan(server.host)];
      const amounts = await server.allocations();

      for (const host of [source, destination, source]) {
        const left = server.host;
        const { pinned, reserved } = await server.cpus();
        if (left !== host) {
          await server.liveMigrate({ to: host });
          await waitUntilGivenBack(cloud, left, pinned.union(reserved));
        }
        expect(server.host.name).toBe(host.name);
        await check(cloud, server);
        await expectPinned(cloud, server);
        expect(await allocatedByHost(cloud, server.id)).toEqual({ [host.name]: amounts });
      }
    },
  );
}
