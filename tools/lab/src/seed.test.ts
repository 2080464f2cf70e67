import { createServer, type IncomingMessage, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cloud } from './cloud.js';
import { parseNetwork } from './ipv4.js';
import { encryptedVolumeType, seedVolumeTypes, volumeTypesFor, waitForVolumes } from './seed-volumes.js';
import { seedImage, seedNetworks, waitForComputes } from './seed.js';

// A server that speaks as much of the OpenStack APIs as the lab uses, with a memory.

let server: Server;
let cloud: Cloud;
let calls: string[];
let images: { id: string; name: string; status: string; size?: number }[];
let networks: { id: string; name: string; subnets: string[] }[];
let subnets: Record<string, unknown>[];
let computes: { host: string; state: string }[];
let volumeTypes: { id: string; name: string; encryption?: unknown }[];
let volumePools: { name: string }[];
let volumeServices: { binary: string; state: string }[];

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function answer(method: string, path: string, body: Buffer): [number, unknown] {
  const url = new URL(path, 'http://x');
  const name = url.searchParams.get('name');
  const json = () => JSON.parse(body.toString()) as Record<string, Record<string, string>>;
  const text = () => JSON.parse(body.toString()) as Record<string, string>;
  switch (`${method} ${url.pathname}`) {
    case 'GET /':
      return [300, { versions: [] }];
    case 'GET /v2/images':
      return [200, { images: images.filter((image) => image.name === name) }];
    case 'POST /v2/images':
      images.push({ id: `i${images.length}`, name: text()['name'] ?? '', status: 'queued' });
      return [201, images.at(-1)];
    case 'GET /v2.0/networks':
      return [200, { networks: networks.filter((network) => network.name === name) }];
    case 'POST /v2.0/networks':
      networks.push({ id: `n${networks.length}`, name: json()['network']?.['name'] ?? '', subnets: [] });
      return [201, { network: networks.at(-1) }];
    case 'POST /v2.0/subnets':
      subnets.push(json()['subnet'] ?? {});
      networks.find(({ id }) => id === json()['subnet']?.['network_id'])?.subnets.push('s');
      return [201, {}];
    case 'GET /os-services':
      return [
        200,
        {
          services: [
            ...computes.map((service) => ({ binary: 'nova-compute', ...service })),
            ...volumeServices,
          ],
        },
      ];
    case 'GET /os-hypervisors':
      return [200, { hypervisors: computes.map(({ host }) => ({ hypervisor_hostname: host })) }];
    case 'GET /v2.0/agents':
      return [
        200,
        { agents: computes.map(({ host }) => ({ host, alive: true, agent_type: 'Linux bridge agent' })) },
      ];
    case 'GET /scheduler-stats/get_pools':
      return [200, { pools: volumePools }];
    case 'GET /types':
      return [200, { volume_types: volumeTypes }];
    case 'POST /types':
      volumeTypes.push({ id: `t${volumeTypes.length}`, name: json()['volume_type']?.['name'] ?? '' });
      return [200, { volume_type: volumeTypes.at(-1) }];
    default: {
      const type = volumeTypes.find(({ id }) => url.pathname === `/types/${id}/encryption`);
      if (type !== undefined) {
        if (method === 'POST') type.encryption = { encryption_id: 'e', ...json()['encryption'] };
        return [200, type.encryption ?? {}];
      }
      const image = images.find(({ id }) => url.pathname.startsWith(`/v2/images/${id}`));
      if (image === undefined) return [404, { error: 'no such thing' }];
      if (method === 'DELETE') images = images.filter((each) => each !== image);
      if (method === 'PUT') Object.assign(image, { status: 'active', size: body.length });
      return [204, undefined];
    }
  }
}

beforeEach(async () => {
  calls = [];
  images = [];
  networks = [];
  subnets = [];
  computes = [];
  volumeTypes = [{ id: 't0', name: '__DEFAULT__' }];
  volumeServices = [];
  volumePools = [];
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { method = '', url = '' } = request;
      calls.push(`${method} ${url}`);
      if (url === '/v3/auth/tokens') {
        const ok = body.toString().includes('"right"');
        response
          .writeHead(ok ? 201 : 401, { 'X-Subject-Token': 'tok' })
          .end(ok ? '{}' : '{"error": "wrong"}');
        return;
      }
      if (url !== '/' && request.headers['x-auth-token'] !== 'tok') {
        response.writeHead(401).end();
        return;
      }
      const [status, value] = answer(method, url, body);
      response.writeHead(status).end(value === undefined ? '' : JSON.stringify(value));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  cloud = new Cloud('127.0.0.1', 'right', undefined, urls(base));
});

function urls(base: string) {
  return {
    keystone: `${base}/v3`,
    glance: base,
    placement: base,
    nova: base,
    neutron: base,
    cinder: base,
    barbican: base,
  };
}

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('an image', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lab-seed-'));
    file = join(folder, 'image');
    await writeFile(file, 'disk');
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('is uploaded once', async () => {
    const id = await seedImage(cloud, 'lab-guest', file);
    expect(await seedImage(cloud, 'lab-guest', file)).toBe(id);
    expect(images).toEqual([{ id, name: 'lab-guest', status: 'active', size: 4 }]);
  });

  it('whose upload was cut short is made anew', async () => {
    images.push({ id: 'half', name: 'lab-guest', status: 'queued' });
    const id = await seedImage(cloud, 'lab-guest', file);
    expect(images.map((image) => [image.id, image.status])).toEqual([[id, 'active']]);
  });
});

describe('a service', () => {
  it('answers, even if only with a choice of versions', async () => {
    await cloud.answering('glance', 300);
  });
});

describe('networks', () => {
  it('are made once, the provider with the second half of its addresses for guests', async () => {
    await seedNetworks(cloud, parseNetwork('10.9.0.0/24'));
    await seedNetworks(cloud, parseNetwork('10.9.0.0/24'));
    expect(networks.map(({ name }) => name).sort()).toEqual(['private', 'provider']);
    expect(subnets).toHaveLength(2);
    expect(subnets.find(({ name }) => name === 'provider4')).toMatchObject({
      cidr: '10.9.0.0/24',
      gateway_ip: '10.9.0.1',
      allocation_pools: [{ start: '10.9.0.128', end: '10.9.0.227' }],
    });
  });

  it('whose subnet is missing get it', async () => {
    networks.push({ id: 'n', name: 'private', subnets: [] });
    await seedNetworks(cloud, parseNetwork('10.9.0.0/24'));
    expect(networks).toHaveLength(2);
    expect(subnets).toHaveLength(2);
  });
});

describe('volume types', () => {
  it('are the one that comes with Cinder and an encrypted one, made once', async () => {
    await seedVolumeTypes(cloud, true);
    await seedVolumeTypes(cloud, true);
    expect(volumeTypes.map(({ name }) => name)).toEqual(volumeTypesFor(['volumes', 'keys']));
    expect(volumeTypes[1]?.encryption).toMatchObject({ provider: 'luks', control_location: 'front-end' });
    expect(calls.filter((call) => call.startsWith('POST /types'))).toHaveLength(2);
  });

  it('whose encryption is missing get it', async () => {
    volumeTypes.push({ id: 't1', name: encryptedVolumeType });
    await seedVolumeTypes(cloud, true);
    expect(volumeTypes).toHaveLength(2);
    expect(volumeTypes[1]?.encryption).toBeDefined();
  });

  it('need a key manager to be encrypted', async () => {
    await seedVolumeTypes(cloud, false);
    expect(volumeTypes.map(({ name }) => name)).toEqual(volumeTypesFor(['volumes']));
    expect(volumeTypesFor(['keys'])).toEqual([]);
  });
});

describe('waiting for Cinder', () => {
  it('ends when volumes are scheduled and kept, and names who is missing', async () => {
    volumeServices = [
      { binary: 'cinder-scheduler', state: 'up' },
      { binary: 'cinder-volume', state: 'down' },
    ];
    await expect(waitForVolumes(cloud, 300)).rejects.toMatchObject({
      code: 'WB_LAB_TIMEOUT',
      message: expect.stringContaining('last seen: not up: cinder-volume') as string,
    });
    volumeServices = volumeServices.map(({ binary }) => ({ binary, state: 'up' }));
    await expect(waitForVolumes(cloud, 300)).rejects.toThrow('last seen: the scheduler knows of none');
    volumePools = [{ name: 'controller@shared#shared' }];
    await waitForVolumes(cloud, 300);
  });
});

describe('waiting for the computes', () => {
  it('ends when all are up', async () => {
    computes = [{ host: 'a', state: 'up' }];
    setTimeout(() => computes.push({ host: 'b', state: 'up' }), 50);
    await waitForComputes(cloud, ['a', 'b']);
  });

  it('that do not come names them', async () => {
    computes = [
      { host: 'a', state: 'up' },
      { host: 'b', state: 'down' },
    ];
    await expect(waitForComputes(cloud, ['a', 'b'], 300)).rejects.toMatchObject({
      code: 'WB_LAB_TIMEOUT',
      message: expect.stringContaining('last seen: not up on b') as string,
    });
  });

  it('of a cloud that does not let us in tells its answer, not the password', async () => {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const other = new Cloud('127.0.0.1', 'wr0ng-pass', undefined, urls(base));
    const error = await waitForComputes(other, ['a'], 300).catch((caught: unknown) => caught as Error);
    expect((error as Error).message).toContain('answered 401');
    expect((error as Error).message).not.toContain('wr0ng-pass');
  });

  it('of a cloud that is not there tells that the connection was refused', async () => {
    const nowhere = new Cloud('127.0.0.1', 'right', undefined, urls('http://127.0.0.1:1'));
    await expect(waitForComputes(nowhere, ['a'], 300)).rejects.toThrow(/fetch failed/);
  });

  it('can be given up', async () => {
    const controller = new AbortController();
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const impatient = new Cloud('127.0.0.1', 'right', controller.signal, urls(base));
    setTimeout(() => {
      controller.abort();
    }, 50);
    await expect(waitForComputes(impatient, ['a'])).rejects.toThrow('aborted');
  });
});
