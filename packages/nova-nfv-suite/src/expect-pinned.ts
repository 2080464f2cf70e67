import { expect, waitUntilHeld, type Cloud, type CpuPlacement, type TestServer } from '@whitebox/testkit';

/** That a guest has dedicated CPUs of its host, as all layers have it and as its host accounts for them. */
export async function expectPinned(cloud: Cloud, server: TestServer): Promise<CpuPlacement> {
  const cpus = await server.cpus();
  expect(cpus.pinned).toLieWithin(server.host.dedicated);
  expect(cpus.pinned.size, 'dedicated CPUs').toBe(cpus.pinnedVcpus.length);
  expect(cpus).toAgreeEverywhere();
  await waitUntilHeld(cloud, server.host, cpus.pinned);
  return cpus;
}
