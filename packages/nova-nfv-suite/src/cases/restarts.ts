import {
  dedicated,
  expect,
  freeDedicatedCpus,
  heldOn,
  offeredBy,
  test,
  type Cloud,
  type CpuPlacement,
  type TestServer,
} from '@whitebox/testkit';
import { expectPinned } from '../expect-pinned.js';
import { expectRealtime, realtimeSpecs } from '../expect-realtime.js';

for (const service of ['nova-compute', 'libvirt']) {
  test(
    `a restart of ${service} changes nothing of a guest with dedicated CPUs, and nothing of what its host offers and accounts for`,
    { claim: { ownHosts: 1, dedicatedCpus: 3 }, needs: [freeDedicatedCpus({ perHost: 3 })] },
    async ({ cloud }) => {
      const server = await cloud.boot({ flavor: dedicated(3, realtimeSpecs) });
      const before = await look(cloud, server);

      await cloud.restartService(server.host, service, server);

      const after = await look(cloud, server);
      expect(after.process, 'QEMU process').toEqual(before.process);
      expect(after.threads, 'threads of the QEMU process').toEqual(before.threads);
      expect(after.cpus.topology).toEqual(before.cpus.topology);
      expect(after.amounts).toEqual(before.amounts);
      expect(after.offered, `what ${server.host.name} offers to Placement`).toEqual(before.offered);
      expect(after.held).toBeCpus(before.held);
      await expectRealtime(cloud, server);
    },
  );
}

interface Seen {
  readonly cpus: CpuPlacement;
  readonly process: { readonly pid: number; readonly startTicks: number };
  /** Name, scheduling and CPUs of all that stay; threads of the emulator's pool come and go. */
  readonly threads: readonly string[];
  readonly amounts: Readonly<Record<string, number>>;
  readonly offered: Readonly<Record<string, number>>;
  readonly held: Awaited<ReturnType<typeof heldOn>>['cpus'];
}

async function look(cloud: Cloud, server: TestServer): Promise<Seen> {
  const cpus = await expectPinned(cloud, server);
  const { process, vcpus, emulator, ioThreads } = await server.threads();
  const lasting = [...vcpus.values(), ...emulator, ...ioThreads.values()];
  const offered = await offeredBy(cloud, server.host);
  expect(offered['PCPU'], 'PCPUs that the host offers').toBe(server.host.dedicated.size);
  return {
    cpus,
    process: { pid: process.pid, startTicks: process.startTicks },
    threads: lasting.map(
      ({ tid, name, policy, priority, allowedCpus }) =>
        `${tid} ${name} ${policy} ${priority} on ${allowedCpus.toString()}`,
    ),
    amounts: await server.allocations(),
    offered,
    held: (await heldOn(cloud, server.host)).cpus,
  };
}
