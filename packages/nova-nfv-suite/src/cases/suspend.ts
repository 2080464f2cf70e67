import {
  dedicated,
  expect,
  freeDedicatedCpus,
  heldOn,
  test,
  type Cloud,
  type CpuPlacement,
  type TestServer,
} from '@whitebox/testkit';
import { expectPinned } from '../expect-pinned.js';

// While a guest is off nobody else may get its CPUs; when it is back it runs on them, and nowhere else.

test(
  'a guest keeps its dedicated CPUs while it is paused, and its process with them',
  { claim: { dedicatedCpus: 2, sharedHosts: 'one' }, needs: [freeDedicatedCpus({ perHost: 2 })] },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: dedicated(2) });
    const before = await expectPinned(cloud, server);
    const process = await server.process();

    for (const step of [() => server.pause(), () => server.unpause()]) {
      await step();
      await expectSamePins(cloud, server, before);
      expect(await server.process()).toMatchObject({ pid: process.pid, startTicks: process.startTicks });
    }
  },
);

test(
  'a guest has its dedicated CPUs kept while it is suspended, and runs on them when it is resumed',
  { claim: { servers: 2, dedicatedCpus: 3, sharedHosts: 'one' }, needs: [freeDedicatedCpus({ perHost: 2 })] },
  async ({ cloud }) => {
    await expectKept(
      cloud,
      (server) => server.suspend(),
      (server) => server.resume(),
    );
  },
);

test(
  'a guest has its dedicated CPUs kept while it is stopped, and runs on them when it is started',
  { claim: { servers: 2, dedicatedCpus: 3, sharedHosts: 'one' }, needs: [freeDedicatedCpus({ perHost: 2 })] },
  async ({ cloud }) => {
    await expectKept(
      cloud,
      (server) => server.stop(),
      (server) => server.start(),
    );
  },
);

async function expectKept(
  cloud: Cloud,
  off: (server: TestServer) => Promise<void>,
  on: (server: TestServer) => Promise<void>,
): Promise<void> {
  const server = await cloud.boot({ flavor: dedicated(2) });
  const [before, amounts] = [await expectPinned(cloud, server), await server.allocations()];

  await off(server);
  expect((await server.host.virsh.domstate(server.domain)).state).toBe('shut off');
  expect(before.pinned).toLieWithin((await heldOn(cloud, server.host)).cpus);
  expect(await server.allocations()).toEqual(amounts);
  // A second guest gets others.
  const other = await cloud.boot({ flavor: dedicated(1), host: server.host });
  expect((await expectPinned(cloud, other)).pinned).toBeDisjointFrom(before.pinned);

  await on(server);
  await expectSamePins(cloud, server, before);
  expect(await server.allocations()).toEqual(amounts);
}

async function expectSamePins(cloud: Cloud, server: TestServer, before: CpuPlacement): Promise<void> {
  const after = await expectPinned(cloud, server);
  expect(after.topology).toEqual(before.topology);
  expect(after.pinned).toBeCpus(before.pinned);
}
