import { describe, expect, test } from 'vitest';
import { connectFake } from '../testing/connect-fake.js';

const record = {
  secret_ref: 'http://barbican:9311/v1/secrets/7a3f',
  name: 'vTPM secret of a server',
  status: 'ACTIVE',
  secret_type: 'passphrase',
  algorithm: null,
  content_types: { default: 'text/plain' },
};

describe('secrets', () => {
  test('are shown without what they are', async () => {
    await using lab = await connectFake();
    lab.fake.route('GET', '/key-manager/v1/secrets/7a3f', () => ({ json: record }));
    expect(await lab.cloud.keys.show('7a3f')).toEqual({
      id: '7a3f',
      name: 'vTPM secret of a server',
      status: 'ACTIVE',
      type: 'passphrase',
      algorithm: null,
      raw: record,
    });
  });

  test('are there or not', async () => {
    await using lab = await connectFake();
    lab.fake.route('GET', '/key-manager/v1/secrets/7a3f', () => ({ json: record }));
    lab.fake.route('GET', '/key-manager/v1/secrets/gone', () => ({
      status: 404,
      json: { title: 'Not Found' },
    }));
    expect(await lab.cloud.keys.has('7a3f')).toBe(true);
    expect(await lab.cloud.keys.has('gone')).toBe(false);
  });

  test('that cannot be looked for are no secrets that are gone', async () => {
    await using lab = await connectFake();
    lab.fake.route('GET', '/key-manager/v1/secrets/7a3f', () => ({
      status: 403,
      json: { title: 'Forbidden' },
    }));
    await expect(lab.cloud.keys.has('7a3f')).rejects.toMatchObject({ code: 'WB_OPENSTACK_FORBIDDEN' });
  });

  test('of another project exist, though nobody else sees them', async () => {
    await using lab = await connectFake();
    lab.fake.route('GET', '/key-manager/v1/secrets/theirs', () => ({ status: 403, json: {} }));
    lab.fake.route('GET', '/key-manager/v1/secrets/gone', () => ({ status: 404, json: {} }));
    lab.fake.route('GET', '/key-manager/v1/secrets/unknown', () => ({ status: 400, json: {} }));
    expect(await lab.cloud.keys.exists('theirs')).toBe(true);
    expect(await lab.cloud.keys.exists('gone')).toBe(false);
    await expect(lab.cloud.keys.exists('unknown')).rejects.toBeDefined();
  });

  test('are read in the form in which they are kept, and do not print', async () => {
    await using lab = await connectFake();
    lab.fake.route('GET', '/key-manager/v1/secrets/7a3f', () => ({ json: record }));
    lab.fake.route('GET', '/key-manager/v1/secrets/7a3f/payload', () => ({ text: 'open sesame' }));
    const payload = await lab.cloud.keys.payload('7a3f');
    expect(payload.reveal()).toBe('open sesame');
    expect(String(payload)).toBe('***');
    expect(lab.fake.received('GET', /payload$/).map(({ headers }) => headers['accept'])).toEqual([
      'text/plain',
    ]);
  });

  test('are deleted', async () => {
    await using lab = await connectFake();
    lab.fake.route('DELETE', '/key-manager/v1/secrets/7a3f', () => ({ status: 204 }));
    await lab.cloud.keys.delete('7a3f');
    expect(lab.fake.received('DELETE', /7a3f$/)).toHaveLength(1);
  });
});
