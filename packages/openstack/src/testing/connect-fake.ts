import { OpenStack } from '../openstack.js';
import { FakeCloud, type FakeCloudOptions } from './fake-cloud.js';
import type { FakeNova } from './fake-nova.js';

export interface FakeConnection extends AsyncDisposable {
  readonly fake: FakeCloud;
  readonly nova: FakeNova;
  readonly cloud: OpenStack;
}

/** A fake cloud and a client that is logged in to it. */
export async function connectFake(options: FakeCloudOptions = {}): Promise<FakeConnection> {
  const fake = await FakeCloud.start(options);
  const cloud = await OpenStack.connect(fake.credentials);
  return {
    fake,
    nova: fake.nova,
    cloud,
    async [Symbol.asyncDispose]() {
      fake.nova.stop();
      await cloud.close();
      await fake[Symbol.asyncDispose]();
    },
  };
}
