import { describe, expect, test } from 'vitest';
import { connectFake } from '../testing/connect-fake.js';

async function connect() {
  const lab = await connectFake();
  lab.fake.route('GET', '/volume/v3/', () => ({
    json: { versions: [{ id: 'v3.0', status: 'CURRENT', version: '3.70', min_version: '3.0' }] },
  }));
  return lab;
}

describe('volume types', () => {
  test('are made, encrypted, listed and deleted', async () => {
    await using lab = await connect();
    const { types } = lab.cloud.volumes;
    const type = { id: 't', name: 'secret', is_public: true };
    lab.fake.route('POST', /\/types$/, () => ({ json: { volume_type: type } }));
    lab.fake.route('POST', /\/types\/t\/encryption$/, () => ({ json: { encryption: {} } }));
    lab.fake.route('GET', /\/types$/, () => ({ json: { volume_types: [type] } }));
    lab.fake.route('DELETE', /\/types\/t$/, () => ({ status: 202 }));

    const { id } = await types.create('secret');
    await types.encrypt(id, { provider: 'luks', keyBits: 256, controlLocation: 'front-end' });
    expect(await types.list()).toEqual([{ id: 't', name: 'secret' }]);
    await types.delete(id);

    const encryption = lab.fake.received('POST', /encryption$/).map(({ json }) => json);
    expect(encryption).toEqual([
      { encryption: { provider: 'luks', cipher: null, key_size: 256, control_location: 'front-end' } },
    ]);
    expect(lab.fake.received('DELETE', /\/types\/t$/)).toHaveLength(1);
  });
});

describe('the encryption of a volume', () => {
  test('names the key', async () => {
    await using lab = await connect();
    const encryption = {
      encryption_key_id: 'k',
      provider: 'luks',
      cipher: 'aes-xts-plain64',
      key_size: 256,
    };
    lab.fake.route('GET', /\/volumes\/v\/encryption$/, () => ({ json: encryption }));
    expect(await lab.cloud.volumes.encryption('v')).toEqual({
      keyId: 'k',
      provider: 'luks',
      cipher: 'aes-xts-plain64',
      keyBits: 256,
    });
  });

  test('is none where Cinder says nothing', async () => {
    await using lab = await connect();
    lab.fake.route('GET', /\/volumes\/v\/encryption$/, () => ({ json: { encryption_key_id: null } }));
    expect(await lab.cloud.volumes.encryption('v')).toBeNull();
  });
});

describe('the attachments of a server', () => {
  test('are those of every project, without how the storage is reached', async () => {
    await using lab = await connect();
    lab.fake.route('GET', /\/attachments$/, () => ({
      json: { attachments: [{ id: 'a', volume_id: 'v', instance: 's', status: 'attached' }] },
    }));
    expect(await lab.cloud.volumes.attachmentsOf('s')).toEqual([
      { id: 'a', volumeId: 'v', status: 'attached' },
    ]);
    const [asked] = lab.fake.received('GET', /\/attachments$/);
    expect(asked?.query.toString()).toBe('all_tenants=True&instance_id=s');
    expect(asked?.headers['openstack-api-version']).toBe('volume 3.27');
  });
});
