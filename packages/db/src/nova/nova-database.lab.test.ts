import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { asRoot } from '@whitebox/host';
import { readLab } from '@whitebox/lab';
import { Virsh } from '@whitebox/libvirt-xml';
import { credentialsFromCloudsYaml, OpenStack, type Server } from '@whitebox/openstack';
import { SshHost } from '@whitebox/ssh';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pinnedCpus, vcpuPinning } from './instance-numa-topology.js';
import { NovaDatabase } from './nova-database.js';

// What the API, the hypervisor and the kernel say of a real server, found again in the database.

const lab = await readLab();
const name = `db-${randomUUID().slice(0, 8)}`;
const undo: (() => Promise<unknown>)[] = [];
let cloud: OpenStack;
let nova: NovaDatabase;
let server: Server;
let pinnedFlavor: string;
let plainFlavor: string;

async function connect(host: string): Promise<SshHost> {
  const machine = lab.hosts.find((one) => one.name === host);
  const ssh = await SshHost.connect(host, {
    address: machine!.address,
    user: lab.ssh.user,
    identityFiles: [lab.ssh.identityFile],
    knownHostsFiles: [lab.ssh.knownHostsFile],
    configFile: false,
  });
  undo.push(() => ssh[Symbol.asyncDispose]());
  return ssh;
}

beforeAll(async () => {
  const { address, port, user, passwordFile } = lab.database;
  const password = (await readFile(passwordFile, 'utf8')).trim();
  const through = await connect(lab.hosts.find(({ roles }) => roles.includes('control'))!.name);
  nova = await NovaDatabase.open({ endpoint: { address, port }, through, user, password });
  undo.push(() => nova.close());
  cloud = await OpenStack.connect(
    await credentialsFromCloudsYaml({ file: lab.files.cloudsYaml, cloud: lab.cloud }),
  );
  undo.push(() => cloud.close());
  const flavor = async (
    suffix: string,
    vcpus: number,
    extraSpecs: Record<string, string>,
  ): Promise<string> => {
    const made = await cloud.compute.flavors.create({
      ...{ name: `${name}-${suffix}`, vcpus, ramMib: 128, diskGib: 1, extraSpecs },
    });
    undo.push(() => cloud.compute.flavors.delete(made.id));
    return made.id;
  };
  pinnedFlavor = await flavor('pinned', 2, { 'hw:cpu_policy': 'dedicated' });
  plainFlavor = await flavor('plain', 1, {});
  const [image] = await cloud.images.list();
  server = await cloud.actions.boot({ name, flavorId: pinnedFlavor, imageId: image!.id });
  undo.push(() => cloud.actions.delete(server.id));
});

afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

test('cells and hosts', async () => {
  const cells = await nova.cells();
  expect(cells.filter(({ isCell0 }) => isCell0)).toHaveLength(1);
  const computes = lab.hosts.filter(({ roles }) => roles.includes('compute')).map((host) => host.name);
  const mappings = await nova.hostMappings();
  expect([...mappings.keys()].sort()).toEqual([...computes].sort());
  expect((await nova.cellOf(server.id)).uuid).toBe(mappings.get(server.host!)!.uuid);
});

describe('a server with dedicated CPUs', () => {
  test('is the one that the API shows', async () => {
    const row = await nova.instance(server.id);
    expect(row).toMatchObject({
      displayName: name,
      host: server.host!,
      vmState: 'active',
      taskState: null,
      powerState: 'running',
      vcpus: 2,
      memoryMiB: 128,
    });
    expect(row.createdAt!.getTime()).toBeLessThan(row.launchedAt!.getTime() + 1000);
    expect(await nova.instances({ uuids: [server.id] })).toEqual([row]);
    expect(await nova.instances({ host: server.host! })).toContainEqual(row);
  });

  test('has the pins that its domain has', async () => {
    const topology = await nova.numaTopology(server.id);
    const domain = await new Virsh(asRoot(await connect(server.host!))).domain(server.id);
    expect([...vcpuPinning(topology!)].map(([vcpu, pcpu]) => [vcpu, String(pcpu)])).toEqual(
      [...domain.cpuTune.vcpuPins].map(([vcpu, cpus]) => [vcpu, String(cpus)]),
    );
    expect(pinnedCpus(topology!).size).toBe(2);
  });

  test('lies on the dedicated CPUs of its host', async () => {
    const { numaTopology } = (await nova.computeNodes({ host: server.host! }))[0]!;
    const topology = (await nova.numaTopology(server.id))!;
    const cell = numaTopology!.cells.find(({ id }) => id === topology.cells[0]!.id)!;
    expect(pinnedCpus(topology).isSubsetOf(cell.pcpuset)).toBe(true);
    expect(cell.pcpuset.isDisjointFrom(cell.cpuset)).toBe(true);
  });

  test('has what was asked for in its request, its flavor and its disks', async () => {
    const request = await nova.requestSpec(server.id);
    const { flavors, migrationContext, pciRequests } = await nova.extra(server.id);
    expect(request.flavor.flavorId).toBe(pinnedFlavor);
    expect(flavors!.current).toEqual({ ...request.flavor });
    expect(request.numaTopology!.cells[0]!.pcpuset.ids).toEqual([0, 1]);
    expect(pinnedCpus(request.numaTopology!).isEmpty).toBe(true);
    expect({ migrationContext, pciRequests }).toEqual({ migrationContext: null, pciRequests: [] });
    expect((await nova.blockDevices(server.id)).map(({ bootIndex }) => bootIndex)).toContain(0);
    expect((await nova.systemMetadata(server.id)).has('image_disk_format')).toBe(true);
  });

  test('whose resize waits for confirmation is a migration in progress; afterwards it is over', async () => {
    const before = (await nova.numaTopology(server.id))!;
    await cloud.compute.servers.resize(server.id, plainFlavor);
    await cloud.waitForServer(server.id, { status: 'VERIFY_RESIZE' });
    const [migration, ...others] = await nova.migrations({ instanceUuid: server.id });
    expect(others).toEqual([]);
    expect(migration).toMatchObject({
      type: 'resize',
      status: 'finished',
      inProgress: true,
      sourceCompute: server.host!,
    });
    const { migrationContext, flavors, numaTopology } = await nova.extra(server.id);
    expect(migrationContext).toMatchObject({ migrationId: migration!.id, newNumaTopology: null });
    expect(pinnedCpus(migrationContext!.oldNumaTopology!).equals(pinnedCpus(before))).toBe(true);
    expect([flavors!.old?.flavorId, flavors!.current.flavorId]).toEqual([pinnedFlavor, plainFlavor]);
    expect(numaTopology).toBeNull();

    await cloud.compute.servers.confirmResize(server.id);
    await cloud.waitForServer(server.id, { status: 'ACTIVE' });
    await expect
      .poll(() => nova.migrations({ instanceUuid: server.id, inProgress: true }), { timeout: 30_000 })
      .toEqual([]);
    expect(await nova.migrations({ instanceUuid: server.id })).toMatchObject([{ status: 'confirmed' }]);
    expect(await nova.migrations({ instanceUuid: server.id, afterId: migration!.id })).toEqual([]);
    expect((await nova.extra(server.id)).migrationContext).toBeNull();
  });
});

test('services send heartbeats', async () => {
  const [before] = await nova.services({ host: server.host!, binary: 'nova-compute' });
  await expect
    .poll(async () => (await nova.services({ host: server.host!, binary: 'nova-compute' }))[0]!.reportCount, {
      timeout: 60_000,
      interval: 500,
    })
    .toBeGreaterThan(before!.reportCount);
  const [after] = await nova.services({ host: server.host!, binary: 'nova-compute' });
  expect(after!.lastSeenUp!.getTime()).toBeGreaterThan(before!.lastSeenUp!.getTime());
  expect(Math.abs(after!.lastSeenUp!.getTime() - Date.now())).toBeLessThan(600_000);
});

test('a deleted server is left out', async () => {
  const [image] = await cloud.images.list();
  const { id } = await cloud.actions.boot({
    name: `${name}-gone`,
    flavorId: plainFlavor,
    imageId: image!.id,
  });
  await cloud.actions.delete(id);
  // The API forgets a server a moment before its row is marked.
  await expect
    .poll(() => nova.instance(id).catch((error: unknown) => error), { timeout: 30_000 })
    .toMatchObject({ code: 'WB_NOVA_DB_NO_INSTANCE' });
  expect(await nova.instances({ uuids: [id] })).toEqual([]);
  expect(await nova.extras({ uuids: [id] })).toEqual([]);
});
