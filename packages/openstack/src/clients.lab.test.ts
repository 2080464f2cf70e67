import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { readLab } from '@whitebox/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpenStack } from './openstack.js';
import { connectLab, Undo } from './testing/lab-cloud.js';

let cloud: OpenStack;
let computes: readonly string[];
beforeAll(async () => {
  const lab = await readLab();
  cloud = await connectLab(lab);
  computes = lab.hosts.filter(({ roles }) => roles.includes('compute')).map(({ name }) => name);
});
afterAll(async () => {
  await cloud.close();
});

describe('what a real cloud tells of itself', () => {
  test('its release, services, hypervisors and limits', async () => {
    const release = await cloud.compute.detectRelease();
    expect(release.names.length).toBeGreaterThan(0);
    expect(release.maxMicroversion).toBe((await cloud.compute.microversions()).max);
    const services = await cloud.compute.services.list({ binary: 'nova-compute' });
    expect(services.map(({ host }) => host).sort()).toEqual([...computes].sort());
    expect(services[0]?.updatedAt?.getTime()).toBeGreaterThan(Date.now() - 24 * 3600_000);
    const hypervisors = await cloud.compute.hypervisors.listDetailed();
    expect(hypervisors.map(({ serviceHost }) => serviceHost).sort()).toEqual([...computes].sort());
    for (const { vcpus, memoryMib } of hypervisors) {
      expect(vcpus).toBeGreaterThan(0);
      expect(memoryMib).toBeGreaterThan(0);
    }
    expect((await cloud.compute.hypervisors.list()).map(({ id }) => id).sort()).toEqual(
      hypervisors.map(({ id }) => id).sort(),
    );
    expect((await cloud.compute.limits())['maxTotalCores']).toBeDefined();
  });

  test('its resource providers, as many as hypervisors, with inventories, usages and traits', async () => {
    const hypervisors = await cloud.compute.hypervisors.list();
    const [first] = hypervisors;
    const tree = await cloud.placement.providers({ inTree: first!.id });
    expect(tree.map(({ rootId }) => rootId)).toContain(first!.id);
    const inventories = await cloud.placement.inventories(first!.id);
    expect(inventories['MEMORY_MB']?.total).toBeGreaterThan(0);
    expect(inventories['PCPU']?.allocationRatio).toBe(1);
    expect(await cloud.placement.usages(first!.id)).toHaveProperty('MEMORY_MB');
    expect(await cloud.placement.traits(first!.id)).toContain('COMPUTE_NODE');
    expect(await cloud.placement.allocations('11111111-2222-3333-4444-555555555555')).toEqual([]);
  });

  test('its networks, subnets and agents', async () => {
    const network = await cloud.network.findNetwork('private');
    const subnets = await cloud.network.subnets({ networkId: network.id });
    expect(subnets.map(({ id }) => id)).toEqual(network.subnetIds);
    expect((await cloud.network.agents()).some(({ alive }) => alive)).toBe(true);
  });
});

describe('what can be made and deleted', () => {
  test('flavors with extra specs', async () => {
    await using undo = new Undo();
    const name = `openstack-flavor-${Date.now()}`;
    const flavor = await cloud.compute.flavors.create({
      name,
      vcpus: 2,
      ramMib: 64,
      diskGib: 0,
      extraSpecs: { 'hw:cpu_policy': 'dedicated' },
    });
    undo.add(() => cloud.compute.flavors.delete(flavor.id));
    expect(await cloud.compute.flavors.find(name)).toMatchObject({
      id: flavor.id,
      vcpus: 2,
      ramMib: 64,
      extraSpecs: { 'hw:cpu_policy': 'dedicated' },
    });
    const bad = {
      name: `${name}-bad`,
      vcpus: 1,
      ramMib: 64,
      diskGib: 0,
      extraSpecs: { 'hw:cpu_policy': 'perhaps' },
    };
    await expect(cloud.compute.flavors.create(bad)).rejects.toMatchObject({
      code: 'WB_OPENSTACK_BAD_REQUEST',
    });
    await expect(cloud.compute.flavors.find(bad.name)).rejects.toMatchObject({
      code: 'WB_OPENSTACK_NO_SUCH_NAME',
    });
  });

  test('keypairs and aggregates', async () => {
    await using undo = new Undo();
    const name = `openstack-${Date.now()}`;
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKYvV7S9S0zVdLX3rBfxR1uN2b8x5WmB3dS8qkM0n1Zt test';
    await cloud.compute.keypairs.create(name, key);
    undo.add(() => cloud.compute.keypairs.delete(name));
    expect((await cloud.compute.keypairs.list()).find((keypair) => keypair.name === name)?.publicKey).toBe(
      key,
    );
    const aggregate = await cloud.compute.aggregates.create(name);
    undo.add(() => cloud.compute.aggregates.delete(aggregate.id));
    await cloud.compute.aggregates.addHost(aggregate.id, computes[0]!);
    undo.add(() => cloud.compute.aggregates.removeHost(aggregate.id, computes[0]!));
    await cloud.compute.aggregates.setMetadata(aggregate.id, { a: 'b' });
    expect(await cloud.compute.aggregates.show(aggregate.id)).toMatchObject({
      hosts: [computes[0]],
      metadata: { a: 'b' },
    });
  });

  test('images, by upload and as a copy with other properties', async () => {
    await using undo = new Undo();
    const bytes = Buffer.alloc(3_000_000, 'whitebox');
    const image = await cloud.images.createFrom(
      { name: `openstack-upload-${Date.now()}`, diskFormat: 'raw', properties: { hw_machine_type: 'q35' } },
      () => Readable.from([bytes.subarray(0, 1_000_000), bytes.subarray(1_000_000)]),
    );
    undo.add(() => cloud.images.delete(image.id));
    const active = await cloud.waitForImage(image.id);
    expect(active).toMatchObject({
      status: 'active',
      sizeBytes: 3_000_000,
      properties: { hw_machine_type: 'q35' },
    });
    const copy = await cloud.images.copy(image.id, {
      name: `openstack-copy-${Date.now()}`,
      properties: { hw_cpu_policy: 'dedicated' },
    });
    undo.add(() => cloud.images.delete(copy.id));
    expect(await cloud.waitForImage(copy.id)).toMatchObject({
      diskFormat: 'raw',
      properties: { hw_machine_type: 'q35', hw_cpu_policy: 'dedicated' },
    });
    const hash = createHash('sha512');
    for await (const chunk of await cloud.images.download(copy.id)) hash.update(chunk as Buffer);
    expect(hash.digest('hex')).toBe(createHash('sha512').update(bytes).digest('hex'));
  });

  test('ports', async () => {
    await using undo = new Undo();
    const network = await cloud.network.findNetwork('private');
    const port = await cloud.network.createPort({ networkId: network.id, name: `openstack-${Date.now()}` });
    undo.add(() => cloud.network.deletePort(port.id));
    expect(await cloud.network.port(port.id)).toMatchObject({
      networkId: network.id,
      deviceId: '',
      vifType: 'unbound',
    });
    expect((await cloud.network.ports({ networkId: network.id })).map(({ id }) => id)).toContain(port.id);
  });
});

describe('errors of a real cloud', () => {
  const missing = '11111111-2222-3333-4444-555555555555';

  test.each<[string, () => Promise<unknown>, RegExp]>([
    ['Nova', () => cloud.compute.servers.show(missing), /could not be found/],
    ['Glance', () => cloud.images.show(missing), /No image found with ID/],
    ['Neutron', () => cloud.network.port(missing), /Port .* could not be found/],
    ['Placement', () => cloud.placement.inventories(missing), /No resource provider with uuid/],
  ])('of %s have its own words and its request id', async (_name, call, words) => {
    await expect(call()).rejects.toMatchObject({
      code: 'WB_OPENSTACK_NOT_FOUND',
      serviceMessage: expect.stringMatching(words) as string,
      requestId: expect.stringMatching(/^req-/) as string,
    });
  });

  test('that a microversion is too new are known before anything is sent', async () => {
    await expect(cloud.compute.servers.list({}, { microversion: '2.999' })).rejects.toMatchObject({
      code: 'WB_OPENSTACK_MICROVERSION',
    });
  });
});
