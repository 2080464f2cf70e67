import { expect, shared, test, type TestServer } from '@whitebox/testkit';
import { fromBothXmls, qemuDrivers } from '../each-layer.js';

test(
  'a guest has a virtio random number generator',
  { claim: { sharedHosts: 'one' }, replaces: ['test_virtio_rng.TestVirtIORng.test_virtio_rng_model'] },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: shared(1) });

    expect(await models(server)).toEqual(['virtio']);
    expect(await qemuDrivers(server)).toContainEqual(expect.stringMatching(/^virtio-rng/));
  },
);

test(
  'a flavor that does not allow a random number generator gives none, also after a resize',
  { claim: {}, replaces: ['test_virtio_rng.TestVirtIORng.test_set_rng_device_false'] },
  async ({ cloud }) => {
    const without = shared(1, { 'hw_rng:allowed': 'False' });
    const server = await cloud.boot({ flavor: without });
    await expectNone(server);

    await server.resize(shared(2));
    expect(await models(server)).toEqual(['virtio']);

    await server.resize(without);
    await expectNone(server);
  },
);

function models(server: TestServer): Promise<string[]> {
  return fromBothXmls(server, ({ devices }) => devices.rngs.map(({ model }) => model));
}

async function expectNone(server: TestServer): Promise<void> {
  expect(await models(server)).toEqual([]);
  expect(await qemuDrivers(server)).not.toContainEqual(expect.stringMatching(/^virtio-rng/));
}
