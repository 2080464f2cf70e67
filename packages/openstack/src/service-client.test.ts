import { describe, expect, test } from 'vitest';
import { OpenStack } from './openstack.js';
import { connectFake as connect } from './testing/connect-fake.js';
import { FakeCloud } from './testing/fake-cloud.js';

describe('microversions', () => {
  test('are discovered once, and a call gets the best that both know', async () => {
    await using lab = await connect({ computeVersions: { min: '2.1', max: '2.60' } });
    lab.fake.nova.add({ id: 'a' });
    await lab.cloud.compute.servers.show('a');
    await lab.cloud.compute.servers.show('a');
    expect(lab.fake.received('GET', /v2\.1\/$/)).toHaveLength(1);
    const [shown] = lab.fake.received('GET', /servers/);
    expect(shown?.headers).toMatchObject({
      'openstack-api-version': 'compute 2.60',
      'x-openstack-nova-api-version': '2.60',
    });
    expect(await lab.cloud.compute.microversions()).toEqual({ min: '2.1', max: '2.60' });
    expect(await lab.cloud.compute.detectRelease()).toMatchObject({ names: ['queens'], certainty: 'exact' });
  });

  test('newer than the client knows are not asked for, unless the caller does', async () => {
    await using lab = await connect({ computeVersions: { min: '2.1', max: '2.150' } });
    lab.fake.nova.add({ id: 'a' });
    await lab.cloud.compute.servers.show('a');
    await lab.cloud.compute.servers.show('a', { microversion: '2.120' });
    expect(
      lab.fake.received('GET', /servers/).map(({ headers }) => headers['openstack-api-version']),
    ).toEqual(['compute 2.96', 'compute 2.120']);
  });

  test.each([
    [
      'needs more than the server has',
      '2.60',
      undefined,
      /needs microversion 2\.74, the service speaks 2\.1 to 2\.60/,
    ],
    [
      'is asked for with more than the server has',
      '2.80',
      '2.90',
      /2\.90 was asked for, the service speaks 2\.1 to 2\.80/,
    ],
    ['is asked for with less than it needs', '2.80', '2.52', /2\.52 was asked for, the call needs 2\.74/],
  ])('a call that %s is not sent', async (_name, max, microversion, message) => {
    await using lab = await connect({ computeVersions: { min: '2.1', max } });
    const error: unknown = await lab.cloud.compute.servers
      .create({ name: 's', flavorId: 'f', host: 'compute1' }, { microversion })
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'WB_OPENSTACK_MICROVERSION',
      observed: expect.stringMatching(message) as string,
    });
    expect(lab.fake.received('POST', /servers/)).toEqual([]);
  });

  test.each(['latest', '2', '2.x', ''])('that are none, such as %j, are refused', async (microversion) => {
    await using lab = await connect();
    await expect(lab.cloud.compute.servers.show('a', { microversion })).rejects.toMatchObject({
      code: 'WB_OPENSTACK_MICROVERSION',
      observed: expect.stringContaining(`"${microversion}" is no microversion`) as string,
    });
    expect(lab.fake.received('GET', /servers/)).toEqual([]);
  });

  test('of a service without them cannot be asked for', async () => {
    await using lab = await connect();
    await expect(lab.cloud.images.list({}, { microversion: '2.5' })).rejects.toMatchObject({
      code: 'WB_OPENSTACK_MICROVERSION',
    });
  });

  test('are asked for again when the first time failed', async () => {
    await using lab = await connect();
    const versions = { version: { version: '2.90', min_version: '2.1' } };
    lab.fake.route(
      'GET',
      '/compute/v2.1/',
      () => ({ status: 500, text: 'x' }),
      () => ({ json: versions }),
    );
    await expect(lab.cloud.compute.microversions()).rejects.toMatchObject({ status: 500 });
    expect(await lab.cloud.compute.microversions()).toEqual({ min: '2.1', max: '2.90' });
  });

  test('of Placement and Cinder, whose documents differ', async () => {
    await using lab = await connect();
    lab.fake.route('GET', '/placement/', () => ({
      json: { versions: [{ id: 'v1.0', max_version: '1.30', min_version: '1.0', status: 'CURRENT' }] },
    }));
    lab.fake.route('GET', '/placement/resource_providers', () => ({ json: { resource_providers: [] } }));
    lab.fake.route('GET', '/volume/v3/', () => ({
      json: { versions: [{ id: 'v3.0', status: 'CURRENT', version: '3.70', min_version: '3.0' }] },
    }));
    lab.fake.route('GET', '/volume/v3/project/volumes/detail', () => ({ json: { volumes: [] } }));
    expect(await lab.cloud.placement.providers()).toEqual([]);
    expect(await lab.cloud.volumes.list()).toEqual([]);
    const asked = lab.fake.requests.map(({ headers }) => headers['openstack-api-version']);
    expect(asked).toContain('placement 1.30');
    expect(asked).toContain('volume 3.0');
  });
});

describe('addresses', () => {
  test.each([
    ['compute', '/nova', '/nova/v2.1/servers/a'],
    ['compute', '/nova/v2.1/project-id', '/nova/v2.1/project-id/servers/a'],
    ['compute', '/nova/v2.1/', '/nova/v2.1/servers/a'],
  ])('%s at %s', async (type, catalogued, path) => {
    await using fake = await FakeCloud.start();
    await using cloud = await OpenStack.connect({
      ...fake.credentials,
      endpointOverrides: { [type]: `${fake.url}${catalogued}` },
    });
    fake.route('GET', '/nova/v2.1/', () => ({ json: { version: { version: '2.90', min_version: '2.1' } } }));
    fake.route('GET', path, () => ({ status: 404, json: { itemNotFound: { message: 'right address' } } }));
    await expect(cloud.compute.servers.show('a')).rejects.toThrow('right address');
  });

  test('of Glance and Neutron get their version', async () => {
    await using lab = await connect({ endpoints: {} });
    lab.fake.route('GET', '/image/v2/images', () => ({ json: { images: [] } }));
    lab.fake.route('GET', '/network/v2.0/networks', () => ({ json: { networks: [] } }));
    expect(await lab.cloud.images.list()).toEqual([]);
    expect(await lab.cloud.network.networks()).toEqual([]);
  });

  test('escape what is put into them', async () => {
    await using lab = await connect();
    await expect(lab.cloud.compute.servers.show('../flavors?x=1')).rejects.toMatchObject({ status: 404 });
    expect(lab.fake.requests.at(-1)?.path).toBe('/compute/v2.1/servers/..%2Fflavors%3Fx%3D1');
  });
});

describe('pages', () => {
  const flavor = (id: string) => ({ id, name: id, vcpus: 1, ram: 1, disk: 1, swap: '' });

  test('are all read, by the query of the link and not its address', async () => {
    await using lab = await connect();
    lab.fake.route('GET', '/compute/v2.1/flavors/detail', ({ query }) => ({
      json:
        query.get('marker') === 'b'
          ? { flavors: [flavor('c')] }
          : {
              flavors: [flavor('a'), flavor('b')],
              flavors_links: [
                { rel: 'next', href: 'http://unreachable.invalid/v2.1/flavors/detail?limit=2&marker=b' },
              ],
            },
    }));
    const flavors = await lab.cloud.compute.flavors.list();
    expect(flavors.map(({ id, swapMib }) => [id, swapMib])).toEqual([
      ['a', 0],
      ['b', 0],
      ['c', 0],
    ]);
    expect(lab.fake.requests.at(-1)?.query.get('is_public')).toBe('none');
    expect(await lab.cloud.compute.flavors.find('b')).toMatchObject({ id: 'b' });
    await expect(lab.cloud.compute.flavors.find('z')).rejects.toMatchObject({
      code: 'WB_OPENSTACK_NO_SUCH_NAME',
      observed: 'there are a, b, c',
    });
  });

  test('of Glance are found by "next"', async () => {
    await using lab = await connect();
    const image = (id: string) => ({
      id,
      name: 'twin',
      status: 'active',
      visibility: 'public',
      hw_machine_type: 'q35',
      size: 5,
    });
    lab.fake.route('GET', '/image/v2/images', ({ query }) => ({
      json: query.has('marker')
        ? { images: [image('2')] }
        : { images: [image('1')], next: '/v2/images?marker=1' },
    }));
    const images = await lab.cloud.images.list();
    expect(images.map(({ id, properties }) => [id, properties])).toEqual([
      ['1', { hw_machine_type: 'q35' }],
      ['2', { hw_machine_type: 'q35' }],
    ]);
    await expect(lab.cloud.images.find('twin')).rejects.toMatchObject({
      code: 'WB_OPENSTACK_AMBIGUOUS_NAME',
    });
    expect((await lab.cloud.images.find('2')).id).toBe('2');
  });

  test('that lead in a circle end', async () => {
    await using lab = await connect();
    lab.fake.route('GET', '/image/v2/images', () => ({
      json: { images: [{ id: '1', status: 'active', visibility: 'public' }], next: '/v2/images?marker=1' },
    }));
    expect(await lab.cloud.images.list()).toHaveLength(2);
  });
});

describe('answers', () => {
  test('that lack a field name it', async () => {
    await using lab = await connect();
    lab.fake.route('GET', '/compute/v2.1/servers/a', () => ({ json: { server: { id: 'a', name: 5 } } }));
    await expect(lab.cloud.compute.servers.show('a')).rejects.toMatchObject({
      code: 'WB_OPENSTACK_BAD_ANSWER',
      action: 'decode answer.server.name',
      observed: 'expected a string, got 5',
    });
  });

  test('of a cloud without the service say so', async () => {
    await using lab = await connect({ endpoints: { volumev3: null } });
    expect(await lab.cloud.hasService('block-storage')).toBe(false);
    expect(await lab.cloud.hasService('compute')).toBe(true);
    await expect(lab.cloud.volumes.list()).rejects.toMatchObject({ code: 'WB_OPENSTACK_NO_SERVICE' });
  });
});
