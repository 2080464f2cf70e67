import { readLab } from '@whitebox/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewFlavor } from '../compute/flavors.js';
import type { OpenStack } from '../openstack.js';
import { connectLab, Undo } from '../testing/lab-cloud.js';

let cloud: OpenStack;
let imageId: string;
let computes: readonly string[];
const undoAll = new Undo();
const flavors: Record<string, string> = {};

async function flavor(name: string, rest: Partial<NewFlavor>): Promise<void> {
  const made = await cloud.compute.flavors.create({
    name: `openstack-${name}-${Date.now()}`,
    vcpus: 1,
    ramMib: 128,
    diskGib: 1,
    ...rest,
  });
  undoAll.add(() => cloud.compute.flavors.delete(made.id));
  flavors[name] = made.id;
}

beforeAll(async () => {
  const lab = await readLab();
  cloud = await connectLab(lab);
  undoAll.add(() => cloud.close());
  computes = lab.hosts.filter(({ roles }) => roles.includes('compute')).map(({ name }) => name);
  const [image] = (await cloud.images.list()).filter(({ name }) => name?.startsWith('lab-guest') === true);
  imageId = image!.id;
  await flavor('shared', {});
  await flavor('larger', { ramMib: 192 });
  await flavor('pinned', { extraSpecs: { 'hw:cpu_policy': 'dedicated' } });
  await flavor('impossible', { vcpus: 8, extraSpecs: { 'hw:cpu_policy': 'dedicated' } });
});
afterAll(async () => {
  await undoAll[Symbol.asyncDispose]();
});

function name(): string {
  return `openstack-${Date.now()}`;
}

/** A server that is deleted with `undo`, also when it fails to boot. */
async function boot(
  undo: Undo,
  flavorName: string,
  rest: Partial<Parameters<OpenStack['actions']['boot']>[0]> = {},
) {
  const created = await cloud.compute.servers.create({
    name: name(),
    flavorId: flavors[flavorName]!,
    imageId,
    ...rest,
  });
  undo.add(() => cloud.actions.delete(created.id));
  return cloud.waitForServer(created.id, { status: 'ACTIVE', after: created });
}

describe('a server with a dedicated CPU', { timeout: 600_000 }, () => {
  test('boots with all that was asked for, has its CPU in Placement, and goes', async () => {
    await using undo = new Undo();
    const server = await boot(undo, 'pinned', {
      metadata: { made: 'by whitebox' },
      tags: ['openstack-lab'],
      userData: '#!/bin/true',
      host: computes[0],
    });
    expect(server).toMatchObject({
      status: 'ACTIVE',
      taskState: null,
      vmState: 'active',
      powerState: 1,
      host: computes[0],
      instanceName: expect.stringMatching(/^instance-/) as string,
      configDrive: false,
      metadata: { made: 'by whitebox' },
      tags: ['openstack-lab'],
      imageId,
      fault: null,
      flavor: { vcpus: 1, ramMib: 128, extraSpecs: { 'hw:cpu_policy': 'dedicated' } },
    });
    const [provider] = await cloud.placement.providers({ name: server.hypervisorHostname! });
    const allocations = await cloud.placement.allocations(server.id);
    expect(allocations).toMatchObject([{ providerId: provider?.id, resources: { PCPU: 1, MEMORY_MB: 128 } }]);
    expect((await cloud.placement.allocationsOf(provider!.id))[server.id]).toMatchObject({ PCPU: 1 });
    expect((await cloud.compute.servers.list({ host: computes[0] })).map(({ id }) => id)).toContain(
      server.id,
    );
    expect(await cloud.compute.servers.diagnostics(server.id)).toMatchObject({
      driver: 'libvirt',
      state: 'running',
    });
    expect(typeof (await cloud.compute.servers.consoleLog(server.id, 10))).toBe('string');
    await cloud.actions.delete(server.id);
    await expect(cloud.compute.servers.show(server.id)).rejects.toMatchObject({
      code: 'WB_OPENSTACK_NOT_FOUND',
    });
    expect(await cloud.placement.allocations(server.id)).toEqual([]);
  });

  test('that no host can take fails at once, with the words of Nova', async () => {
    await using undo = new Undo();
    const started = performance.now();
    const error: unknown = await boot(undo, 'impossible').catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'WB_OPENSTACK_SERVER_FAULT',
      fault: { code: 500, message: expect.stringContaining('No valid host was found') as string },
      server: { status: 'ERROR' },
    });
    // The default would be five minutes.
    expect(performance.now() - started).toBeLessThan(60_000);
  });
});

describe('a server that is worked on', { timeout: 600_000 }, () => {
  test('reboots, stops, starts, pauses, suspends and is rebuilt in place', async () => {
    await using undo = new Undo();
    const { id } = await boot(undo, 'shared');
    const { actions } = cloud;
    expect(await actions.hardReboot(id)).toMatchObject({ status: 'ACTIVE', taskState: null });
    expect(await actions.softReboot(id)).toMatchObject({ status: 'ACTIVE', taskState: null });
    expect(await actions.pause(id)).toMatchObject({ status: 'PAUSED' });
    expect(await actions.unpause(id)).toMatchObject({ status: 'ACTIVE' });
    expect(await actions.suspend(id)).toMatchObject({ status: 'SUSPENDED' });
    expect(await actions.resume(id)).toMatchObject({ status: 'ACTIVE' });
    expect(await actions.stop(id)).toMatchObject({ status: 'SHUTOFF' });
    expect(await actions.start(id)).toMatchObject({ status: 'ACTIVE' });
    expect(await actions.rebuild(id, imageId)).toMatchObject({ status: 'ACTIVE', taskState: null });
    const done = (await cloud.compute.instanceActions.list(id)).map(({ action }) => action);
    expect(done.toReversed()).toEqual(
      'create reboot reboot pause unpause suspend resume stop start rebuild'.split(' '),
    );
    await expect(cloud.compute.servers.unpause(id)).rejects.toMatchObject({
      code: 'WB_OPENSTACK_CONFLICT',
      serviceMessage: expect.stringContaining('vm_state active') as string,
    });
  });

  test('is resized and reverted, resized and confirmed, and refused what fits nowhere', async () => {
    await using undo = new Undo();
    const { id } = await boot(undo, 'shared');
    expect((await cloud.actions.resize(id, flavors['larger']!)).flavor.ramMib).toBe(192);
    expect(await cloud.actions.revertResize(id)).toMatchObject({ status: 'ACTIVE', flavor: { ramMib: 128 } });
    expect(await cloud.actions.resize(id, flavors['larger']!)).toMatchObject({
      status: 'VERIFY_RESIZE',
      taskState: null,
    });
    expect(await cloud.actions.confirmResize(id)).toMatchObject({
      status: 'ACTIVE',
      flavor: { ramMib: 192 },
    });
    await expect(cloud.actions.resize(id, flavors['impossible']!)).rejects.toMatchObject({
      code: 'WB_OPENSTACK_SERVER_SETTLED',
      observed: expect.stringContaining('No valid host was found') as string,
    });
    const types = (await cloud.compute.migrations.list({ serverId: id })).map(
      ({ type, status }) => `${type} ${status}`,
    );
    expect(types.slice(0, 2)).toEqual(['resize reverted', 'resize confirmed']);
  });

  test('is migrated live there and back, each time by a new migration, and not onto its own host', async () => {
    await using undo = new Undo();
    const server = await boot(undo, 'shared');
    const other = computes.find((host) => host !== server.host)!;
    const there = await cloud.actions.liveMigrate(server.id, { host: other });
    expect(there).toMatchObject({
      from: server.host,
      to: other,
      server: { host: other, taskState: null, status: 'ACTIVE' },
    });
    const back = await cloud.actions.liveMigrate(server.id);
    expect(back).toMatchObject({
      from: other,
      to: server.host,
      migration: { type: 'live-migration', status: 'completed' },
    });
    expect(back.migration.id).toBeGreaterThan(there.migration.id);
    expect([...(await cloud.migrationIds(server.id))]).toEqual([there.migration.id, back.migration.id]);
    await expect(cloud.actions.liveMigrate(server.id, { host: server.host! })).rejects.toMatchObject({
      code: 'WB_OPENSTACK_MIGRATION_FAILED',
      migration: { status: 'error' },
      observed: expect.stringMatching(/No valid host was found|Unable to migrate instance/) as string,
    });
  });

  test('has its port bound where it is, and a second one is kept away from it', async () => {
    await using undo = new Undo();
    const network = await cloud.network.findNetwork('private');
    const port = await cloud.network.createPort({ networkId: network.id, name: name() });
    undo.add(() => cloud.network.deletePort(port.id));
    const first = await boot(undo, 'shared', { networks: [{ portId: port.id }] });
    const bound = await cloud.waitForPort(port.id);
    expect(bound).toMatchObject({ deviceId: first.id, bindingHost: first.host });
    expect(first.addresses.map(({ address }) => address)).toEqual(
      bound.fixedIps.map(({ address }) => address),
    );
    const second = await boot(undo, 'shared', { hints: { differentHost: [first.id] } });
    expect(second.host).not.toBe(first.host);
  });
});
