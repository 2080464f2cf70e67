import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Database } from '../database.js';
import { sql } from '../sql.js';
import type { SqlValue } from '../sql-value.js';
import { insert, makeNovaDatabase } from '../testing/nova-schema.js';
import { madeByNova, recordedServer } from '../testing/recorded.js';
import { account, ThrowAwayMariadb, whyNoMariadb } from '../testing/throw-away-mariadb.js';
import type { NovaDatabaseOptions } from './cell-access.js';
import { pinnedCpus } from './instance-numa-topology.js';
import { NovaDatabase } from './nova-database.js';

const missing = await whyNoMariadb();
const code = (value: string): unknown => expect.objectContaining({ code: value });

const CELL0 = '00000000-0000-0000-0000-000000000000';
const CELL1 = '11111111-1111-4111-8111-111111111111';
const CELL2 = '22222222-2222-4222-8222-222222222222';
const pinned = 'aaaaaaaa-0000-4000-8000-000000000001';
const plain = 'aaaaaaaa-0000-4000-8000-000000000002';
const inCell2 = 'aaaaaaaa-0000-4000-8000-000000000003';
const failed = 'aaaaaaaa-0000-4000-8000-000000000004';
const gone = 'aaaaaaaa-0000-4000-8000-00000000000d';
const scheduling = 'aaaaaaaa-0000-4000-8000-00000000000e';
const unknown = 'aaaaaaaa-0000-4000-8000-00000000000f';

describe.skipIf(missing !== undefined)(`over a real MariaDB (${missing ?? 'throw-away'})`, () => {
  let mariadb: ThrowAwayMariadb;
  const server = (): NovaDatabaseOptions => ({
    endpoint: { address: '127.0.0.1', port: mariadb.port },
    ...account,
  });
  const open = (options: Partial<NovaDatabaseOptions> = {}): Promise<NovaDatabase> =>
    NovaDatabase.open({ ...server(), ...options });

  async function withDatabase(name: string, work: (database: Database) => Promise<unknown>): Promise<void> {
    await using database = await Database.connect({ ...server(), database: name, readOnly: false });
    await work(database);
  }

  beforeAll(async () => {
    mariadb = await ThrowAwayMariadb.start();
    const url = (database: string): string =>
      `mysql+pymysql://nova:wrong-secret@controller.invalid/${database}?charset=utf8`;
    // No name here is one that a deployment usually has: all have to be found.
    await makeNovaDatabase(server(), 'api_of_nova', 'api');
    for (const name of ['failed_builds', 'first', 'cell-two']) await makeNovaDatabase(server(), name, 'cell');
    await withDatabase('api_of_nova', async (api) => {
      const cell = { transport_url: 'none:///', disabled: false };
      await insert(
        api,
        'cell_mappings',
        { ...cell, id: 1, uuid: CELL0, name: 'cell0', database_connection: url('failed_builds') },
        { ...cell, id: 2, uuid: CELL1, name: 'one', database_connection: url('first') },
        {
          ...{ ...cell, id: 5, uuid: CELL2, name: null, disabled: true },
          database_connection: '{scheme}://{username}:{password}@{hostname}/cell-two?{query}',
        },
      );
      const mapping = (instance_uuid: string, cell_id: number | null) => ({
        instance_uuid,
        cell_id,
        project_id: 'p',
      });
      await insert(
        api,
        'instance_mappings',
        ...[mapping(pinned, 2), mapping(plain, 2), mapping(inCell2, 5), mapping(failed, 1)],
        ...[mapping(gone, 2), mapping(scheduling, null)],
      );
      await insert(api, 'host_mappings', { cell_id: 2, host: 'compute1' }, { cell_id: 5, host: 'compute9' });
      await insert(api, 'request_specs', {
        instance_uuid: pinned,
        spec: recordedServer('dedicated').request_specs.spec,
      });
    });
    await withDatabase('failed_builds', async (cell) => {
      await insert(cell, 'instances', { uuid: failed, vm_state: 'error', deleted: 0 });
    });
    await withDatabase('cell-two', async (cell) => {
      await insert(cell, 'instances', { uuid: inCell2, host: 'compute9', vm_state: 'active', deleted: 0 });
      await insert(cell, 'instance_extra', { instance_uuid: inCell2, deleted: 0 });
      await cell.execute(sql`ALTER TABLE instances ADD COLUMN compute_id BIGINT`);
      await cell.execute(sql`ALTER TABLE migrations ADD COLUMN dest_compute_id BIGINT`);
      await cell.execute(sql`UPDATE instances SET compute_id = 77`);
    });
    await withDatabase('first', fillFirst);
  }, 90_000);

  afterAll(async () => {
    await mariadb[Symbol.asyncDispose]();
  });

  describe('the databases', () => {
    test('are found through the API database, which is found by its tables', async () => {
      await using nova = await open();
      expect(nova.api.name).toMatch(/^api_of_nova at /);
      expect(await nova.cells()).toEqual([
        { uuid: CELL0, name: 'cell0', isCell0: true, disabled: false },
        { uuid: CELL1, name: 'one', isCell0: false, disabled: false },
        { uuid: CELL2, name: null, isCell0: false, disabled: true },
      ]);
      expect((await nova.cellDatabase({ uuid: CELL2 })).name).toMatch(/^cell-two at /);
      expect(Object.fromEntries(await nova.hostMappings())).toMatchObject({
        compute1: { uuid: CELL1 },
        compute9: { uuid: CELL2 },
      });
      expect([...(await nova.hostMappings({ host: 'compute9' })).keys()]).toEqual(['compute9']);
    });

    test('are open for reading only, unless asked otherwise', async () => {
      await using reader = await open();
      const change = sql`UPDATE instances SET vm_state = 'error' WHERE uuid = ${unknown}`;
      const cell = await reader.cellDatabase({ uuid: CELL1 });
      await expect(cell.execute(change)).rejects.toThrow(code('WB_DB_READ_ONLY'));
      await using writer = await open({ readOnly: false });
      expect(await (await writer.cellDatabase({ uuid: CELL1 })).execute(change)).toMatchObject({
        matchedRows: 0,
      });
    });

    test('of cells are closed with the API database', async () => {
      const nova = await open();
      const cell = await nova.cellDatabase({ uuid: CELL1 });
      await nova.close();
      await expect(cell.query(sql`SELECT 1`)).rejects.toThrow(code('WB_DB_CLOSED'));
      await expect(nova.cells()).rejects.toThrow(code('WB_DB_CLOSED'));
    });

    test('none or several API databases are errors that name them', async () => {
      await using admin = await Database.connect({ ...server(), readOnly: false });
      await admin.execute(sql`CREATE USER 'blind'@'%' IDENTIFIED BY 'blind-secret'`);
      await expect(open({ user: 'blind', password: 'blind-secret' })).rejects.toThrow(
        /grant the account SELECT/,
      );
      await makeNovaDatabase(server(), 'another_api', 'api');
      try {
        await expect(open()).rejects.toThrow(code('WB_NOVA_DB_NO_API_DATABASE'));
        await expect(open()).rejects.toThrow(/another_api, api_of_nova/);
        await using nova = await open({ database: 'api_of_nova' });
        expect(await nova.cells()).toHaveLength(3);
      } finally {
        await admin.execute(sql`DROP DATABASE another_api`);
      }
    });

    test('a cell that cell_mappings does not have', async () => {
      await using nova = await open();
      await expect(nova.cellDatabase({ uuid: unknown })).rejects.toThrow(code('WB_NOVA_DB_NO_CELL'));
    });
  });

  describe('a cell on another server, or with another account', () => {
    async function withUrl(url: string, work: () => Promise<void>): Promise<void> {
      await withDatabase('api_of_nova', async (api) => {
        const [row] = await api.query(sql`SELECT database_connection AS url FROM cell_mappings WHERE id = 2`);
        const set = (value: SqlValue) =>
          api.execute(sql`UPDATE cell_mappings SET database_connection = ${value} WHERE id = 2`);
        await set(url);
        await work().finally(() => set(row!['url']!));
      });
    }
    const here = (): string => `127.0.0.1:${mariadb.port}`;

    test('is reached with the URL of its mapping where that is asked for', async () => {
      await using admin = await Database.connect({ ...server(), readOnly: false });
      await admin.execute(sql`CREATE USER 'cell_reader'@'%' IDENTIFIED BY 'cell/secret'`);
      await admin.execute(sql`GRANT SELECT ON first.* TO 'cell_reader'@'%'`);
      await withUrl(`mysql+pymysql://cell_reader:cell%2Fsecret@${here()}/first?charset=utf8`, async () => {
        for (const options of [{ cellServer: 'mapped' }, { cellAccount: 'mapped' }] as const) {
          await using nova = await open(options);
          const cell = await nova.cellDatabase({ uuid: CELL1 });
          const [row] = await cell.query(sql`SELECT CURRENT_USER() AS user`);
          expect(row).toEqual({ user: 'cell_reader@%' });
        }
        await using nova = await open({ cellServer: 'mapped', cellAccount: 'given' });
        const [row] = await (
          await nova.cellDatabase({ uuid: CELL1 })
        ).query(sql`SELECT CURRENT_USER() AS user`);
        expect(row).toEqual({ user: `${account.user}@%` });
      });
    });

    test('is reached with the URL where the given server has no such database', async () => {
      await withUrl('mysql+pymysql://nova:wrong-secret@controller.invalid/elsewhere', async () => {
        await using nova = await open();
        const failure: unknown = await nova.instance(pinned).catch((error: unknown) => error);
        expect(failure).toMatchObject({ code: 'WB_DB_UNKNOWN_HOST' });
        expect(failure).toMatchObject({
          message: expect.stringContaining('elsewhere at controller.invalid') as string,
        });
        expect(inspect(failure, { depth: 10 })).not.toContain('wrong-secret');
      });
      // What failed is tried anew.
      await using nova = await open();
      expect(await nova.instance(pinned)).toMatchObject({ uuid: pinned });
    });

    test('is not taken for the one of the same name on the given server', async () => {
      const connection = `mysql+pymysql://${account.user}:${encodeURIComponent(account.password)}@${here()}/x`;
      await withUrl(`mysql+pymysql://nova:wrong-secret@127.0.0.2:${mariadb.port}/cell-two`, async () => {
        await using nova = await open({ connection });
        await expect(nova.instance(pinned)).rejects.toThrow(/cell-two at 127\.0\.0\.2/);
        // Its template has no port.
        await expect(nova.instance(inCell2)).rejects.toThrow(/cell-two at 127\.0\.0\.1:3306/);
        await using told = await open({ connection, cellServer: 'given' });
        expect(await told.instances({ uuids: [inCell2] })).toHaveLength(2);
      });
      // The same server by the same name is the same database, whatever the accounts.
      await withUrl('mysql+pymysql://nova:wrong-secret@{hostname}/cell-two?charset=utf8', async () => {
        await using nova = await open();
        expect(await nova.instance(inCell2)).toMatchObject({ uuid: inCell2 });
      });
    });

    test('asks for the CA that its URL names', async () => {
      await withUrl(`mysql+pymysql://nova:x@${here()}/first?ssl_ca=/etc/ssl/cell.pem`, async () => {
        await using nova = await open({ cellServer: 'mapped' });
        await expect(nova.instance(pinned)).rejects.toThrow(/\/etc\/ssl\/cell\.pem/);
        await using verified = await open({
          ...{ cellServer: 'mapped', cellAccount: 'given' },
          tls: { ca: mariadb.ca },
        });
        expect(await verified.instance(pinned)).toMatchObject({ uuid: pinned });
      });
    });

    test('with a template is reached through [database]connection', async () => {
      await withUrl('{scheme}://{username}:{password}@{hostname}:{port}/first?{query}', async () => {
        const encoded = encodeURIComponent(account.password);
        const connection = `mysql+pymysql://${account.user}:${encoded}@${here()}/whatever?charset=utf8`;
        await using nova = await open({ connection, cellServer: 'mapped' });
        expect(await nova.instance(pinned)).toMatchObject({ uuid: pinned });
        await using without = await open({ cellServer: 'mapped' });
        await expect(without.instance(pinned)).rejects.toThrow(code('WB_NOVA_DB_URL'));
      });
      await withUrl('{scheme}://{username}:{password}@{hostname}/{path}?{query}', async () => {
        await using nova = await open({ connection: 'mysql://u:p@h/first' });
        expect(await nova.instance(pinned)).toMatchObject({ uuid: pinned });
        await using without = await open();
        await expect(without.instance(pinned)).rejects.toThrow(/\{scheme\}/);
      });
    });
  });

  describe('servers', () => {
    test('are read in the cell that they are in', async () => {
      await using nova = await open();
      expect(await nova.cellOf(inCell2)).toMatchObject({ uuid: CELL2, disabled: true });
      expect(await nova.instance(inCell2)).toMatchObject({
        host: 'compute9',
        computeId: 77,
        cell: { uuid: CELL2 },
      });
      expect(await nova.instance(failed)).toMatchObject({
        host: null,
        vmState: 'error',
        cell: { isCell0: true },
      });
      expect(await nova.instance(pinned)).toEqual({
        id: 1,
        cell: { uuid: CELL1, name: 'one', isCell0: false, disabled: false },
        createdAt: new Date('2026-11-22T18:00:00Z'),
        updatedAt: null,
        uuid: pinned,
        displayName: 'pinned',
        hostname: 'pinned',
        projectId: 'p1',
        userId: 'u1',
        host: 'compute1',
        node: 'node1',
        computeId: null,
        vmState: 'active',
        taskState: null,
        powerState: 'running',
        vcpus: 2,
        memoryMiB: 128,
        rootGiB: 1,
        ephemeralGiB: 0,
        imageRef: '',
        availabilityZone: 'nova',
        launchedAt: new Date('2026-11-22T18:00:05Z'),
        terminatedAt: null,
      });
    });

    test('that are not there are told apart', async () => {
      await using nova = await open();
      await expect(nova.cellOf(unknown)).rejects.toThrow(/instance_mappings has no row/);
      await expect(nova.instance(unknown)).rejects.toThrow(code('WB_NOVA_DB_NO_INSTANCE'));
      await expect(nova.instance(scheduling)).rejects.toThrow(code('WB_NOVA_DB_NOT_IN_A_CELL'));
      const readers = [() => nova.instance(gone), () => nova.extra(gone), () => nova.numaTopology(gone)];
      for (const read of readers) await expect(read()).rejects.toThrow(/no live row/);
      await expect(nova.requestSpec(plain)).rejects.toThrow(code('WB_NOVA_DB_NO_REQUEST_SPEC'));
    });

    test('are listed over all cells, by every filter', async () => {
      await using nova = await open();
      const uuids = async (filter?: Parameters<NovaDatabase['instances']>[0]): Promise<string[]> =>
        (await nova.instances(filter)).map(({ uuid }) => uuid);
      expect(await uuids()).toEqual([failed, pinned, plain, inCell2]);
      expect(await uuids({ host: 'compute1' })).toEqual([pinned, plain]);
      expect(await uuids({ notOn: ['compute1'] })).toEqual([inCell2]);
      expect(await uuids({ notOn: [] })).toEqual([pinned, plain, inCell2]);
      expect(await uuids({ host: 'compute1', node: 'node2' })).toEqual([plain]);
      expect(await uuids({ projectId: 'p1' })).toEqual([pinned]);
      expect(await uuids({ uuids: [inCell2, pinned, gone] })).toEqual([pinned, inCell2]);
      expect(await uuids({ uuids: [] })).toEqual([]);
      expect((await nova.extras()).map(({ instanceUuid }) => instanceUuid)).toEqual([pinned, plain, inCell2]);
      expect((await nova.extras({ host: 'compute9' })).map(({ instanceUuid }) => instanceUuid)).toEqual([
        inCell2,
      ]);
    });

    test('have their topology, request, metadata and disks', async () => {
      await using nova = await open();
      expect(pinnedCpus((await nova.numaTopology(pinned))!).ids).toEqual([0, 1]);
      expect(await nova.numaTopology(plain)).toBeNull();
      expect((await nova.extra(pinned)).flavors?.current.name).toBe('pinned2');
      expect((await nova.requestSpec(pinned)).flavor.name).toBe('pinned2');
      expect(await nova.systemMetadata(pinned)).toEqual(
        new Map([
          ['image_hw_machine_type', 'q35'],
          ['vtpm_secret_uuid', null],
        ]),
      );
      expect(await nova.blockDevices(pinned)).toMatchObject([
        { deviceName: '/dev/vda', sourceType: 'image', volumeId: null, bootIndex: 0 },
      ]);
    });

    test('with a broken row: the error says which', async () => {
      await using nova = await open();
      await withDatabase('first', async (cell) => {
        const set = (value: SqlValue) =>
          cell.execute(
            sql`UPDATE instance_extra SET numa_topology = ${value} WHERE instance_uuid = ${plain}`,
          );
        await set('{"cells": ');
        await expect(nova.numaTopology(plain)).rejects.toThrow(
          expect.objectContaining({
            code: 'WB_NOVA_DB_VALUE',
            action: `read instance_extra.numa_topology of the row with id 2 (instance_uuid ${plain})`,
          }),
        );
        await expect(nova.extra(plain)).rejects.toThrow(plain);
        await expect(nova.extras()).rejects.toThrow(plain);
        await set(null);
      });
    });
  });

  test('compute nodes', async () => {
    await using nova = await open();
    const nodes = await nova.computeNodes();
    expect(nodes.map(({ host, hypervisorHostname }) => [host, hypervisorHostname])).toEqual([
      ['compute1', 'node1'],
      ['compute1', 'node2'],
    ]);
    expect(nodes[0]).toMatchObject({
      cpuAllocationRatio: 1.1,
      mapped: true,
      stats: { failed_builds: '0', num_instances: '1', unset: null },
      pciPools: [{ count: 3, tags: { physical_network: 'physnet1' } }],
    });
    expect(String(nodes[0]!.numaTopology!.cells[0]!.pcpuset)).toBe('1-3,9-11');
    expect(await nova.computeNodes({ host: 'compute1', node: 'node2' })).toMatchObject([
      { numaTopology: null, pciPools: [], stats: {}, mapped: false },
    ]);
  });

  test('PCI devices: of one server, of one host, and never those that are gone', async () => {
    await using nova = await open();
    const addresses = async (filter?: Parameters<NovaDatabase['pciDevices']>[0]): Promise<string[]> =>
      (await nova.pciDevices(filter)).map(({ address }) => address);
    expect(await addresses()).toEqual(['0000:81:00.1', '0000:81:00.2', '0000:82:00.0']);
    expect(await addresses({ instanceUuid: pinned })).toEqual(['0000:81:00.1']);
    expect(await addresses({ host: 'compute1' })).toEqual(['0000:81:00.1', '0000:81:00.2', '0000:82:00.0']);
    expect(await addresses({ host: 'compute2' })).toEqual([]);
    expect((await nova.pciDevices({ instanceUuid: pinned }))[0]).toMatchObject({
      computeNodeId: 1,
      status: 'allocated',
      type: 'type-VF',
      numaNode: 0,
      parentAddress: '0000:81:00.0',
      extraInfo: { parent_ifname: 'ens1' },
    });
  });

  test('migrations: those of one server, in order, and in progress by the definition of Nova', async () => {
    await using nova = await open();
    const statuses = async (filter?: Parameters<NovaDatabase['migrations']>[0]): Promise<(string | null)[]> =>
      (await nova.migrations(filter)).map(({ status }) => status);
    const over = ['confirmed', 'reverted', 'error', 'failed', 'completed', 'cancelled', 'done'];
    const underWay = [
      'accepted',
      'queued',
      'preparing',
      'running',
      'post-migrating',
      'migrating',
      'finished',
    ];
    expect(await statuses({ instanceUuid: pinned })).toEqual([...over, ...underWay, null]);
    expect(await statuses({ inProgress: true })).toEqual(underWay);
    expect(await statuses({ instanceUuid: pinned, inProgress: false })).toEqual([...over, null]);
    for (const migration of await nova.migrations({ instanceUuid: pinned })) {
      expect(migration.inProgress).toBe(underWay.includes(String(migration.status)));
    }
    expect(await statuses({ host: 'compute2', type: 'live-migration' })).toEqual(['completed']);
    expect(await statuses({ host: 'compute3' })).toEqual(['completed']);
    const [last] = (await nova.migrations({ instanceUuid: plain })).slice(-1);
    expect(await statuses({ instanceUuid: plain, afterId: last!.id })).toEqual([]);
    expect(last).toMatchObject({
      type: 'live-migration',
      sourceCompute: 'compute2',
      destCompute: 'compute3',
    });
  });

  test('services and their heartbeats', async () => {
    await using nova = await open();
    expect(await nova.services()).toHaveLength(2);
    expect(await nova.services({ host: 'compute1', binary: 'nova-compute' })).toMatchObject([
      {
        version: 64,
        reportCount: 12,
        disabled: true,
        disabledReason: 'maintenance',
        forcedDown: false,
        // The server's own time zone is another one.
        lastSeenUp: new Date('2026-11-22T18:41:29Z'),
      },
    ]);
  });

  test('what many servers have is read at once, deleted rows left out', async () => {
    await using nova = await open();
    const uuids = [pinned, plain, gone];
    const [metadata, disks, cells, specs] = await Promise.all([
      nova.systemMetadataOf(uuids),
      nova.blockDevicesOf(uuids),
      nova.cellsOf(uuids),
      nova.requestSpecs(uuids),
    ]);
    expect(metadata).toEqual(new Map([[pinned, await nova.systemMetadata(pinned)]]));
    expect(disks).toEqual(await nova.blockDevices(pinned));
    expect(cells.get(pinned)).toEqual(await nova.cellOf(pinned));
    expect(specs.get(pinned)).toEqual(await nova.requestSpec(pinned));
    expect(await nova.migrations({ instanceUuids: [] })).toEqual([]);
    expect(await nova.migrations({ instanceUuids: uuids })).not.toEqual([]);
    expect((await nova.requestSpecs([])).size).toBe(0);
  });

  test('a limit reaches the database', async () => {
    await using nova = await open();
    await expect(nova.instances({}, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      code('WB_DB_ABORTED'),
    );
  });

  test('no view of the object has a password', async () => {
    await using nova = await open();
    const all = inspect([nova, await nova.cells()], { depth: 10, showHidden: true });
    for (const secret of ['wrong-secret', account.password]) expect(all).not.toContain(secret);
  });
});

/** What the first cell has. Each table also has a row that is deleted, which no reader may show. */
async function fillFirst(cell: Database): Promise<void> {
  const live = { deleted: 0 };
  const times = { created_at: '2026-11-22 18:00:00' };
  const flavor = recordedServer('dedicated').instance_extra.flavor;
  await insert(
    cell,
    'instances',
    {
      ...{
        ...live,
        ...times,
        id: 1,
        uuid: pinned,
        display_name: 'pinned',
        hostname: 'pinned',
        image_ref: '',
      },
      ...{ project_id: 'p1', user_id: 'u1', host: 'compute1', node: 'node1', availability_zone: 'nova' },
      ...{ vm_state: 'active', power_state: 1, vcpus: 2, memory_mb: 128, root_gb: 1, ephemeral_gb: 0 },
      ...{ launched_at: '2026-11-22 18:00:05' },
    },
    { ...live, id: 2, uuid: plain, host: 'compute1', node: 'node2', vm_state: 'active', power_state: 4 },
    { id: 3, uuid: gone, host: 'compute1', vm_state: 'deleted', deleted: 3 },
  );
  await insert(
    cell,
    'instance_extra',
    {
      ...live,
      instance_uuid: pinned,
      flavor,
      numa_topology: recordedServer('dedicated').instance_extra.numa_topology,
    },
    { ...live, instance_uuid: plain },
    { instance_uuid: gone, deleted: 3 },
  );
  await insert(
    cell,
    'instance_system_metadata',
    { ...live, instance_uuid: pinned, key: 'image_hw_machine_type', value: 'q35' },
    { ...live, instance_uuid: pinned, key: 'vtpm_secret_uuid', value: null },
    { instance_uuid: pinned, key: 'gone', value: 'x', deleted: 9 },
  );
  const disk = { instance_uuid: pinned, device_name: '/dev/vda', source_type: 'image', boot_index: 0 };
  await insert(cell, 'block_device_mapping', { ...disk, ...live }, { ...disk, deleted: 7 });
  const node = {
    ...{ host: 'compute1', hypervisor_type: 'QEMU', hypervisor_version: 7_002_022, cpu_info: '{}' },
    ...{ vcpus: 4, memory_mb: 8000, local_gb: 10, vcpus_used: 0, memory_mb_used: 0, local_gb_used: 0 },
  };
  await insert(
    cell,
    'compute_nodes',
    {
      ...{ ...node, ...live, id: 1, hypervisor_hostname: 'node1', cpu_allocation_ratio: 1.1, mapped: 1 },
      numa_topology: madeByNova.host_numa_topology['two-cells-smt']!,
      pci_stats: madeByNova.pci.pools,
      stats: '{"failed_builds": "0", "num_instances": "1", "unset": null}',
    },
    { ...node, ...live, id: 2, hypervisor_hostname: 'node2' },
    { ...node, id: 3, hypervisor_hostname: 'node1', deleted: 3 },
  );
  const device = {
    ...{ vendor_id: '8086', product_id: '1515', dev_type: 'type-VF', label: 'l', numa_node: 0 },
    ...{ parent_addr: '0000:81:00.0', extra_info: '{"parent_ifname": "ens1"}' },
  };
  await insert(
    cell,
    'pci_devices',
    {
      ...device,
      ...live,
      compute_node_id: 1,
      address: '0000:81:00.1',
      status: 'allocated',
      instance_uuid: pinned,
    },
    { ...device, ...live, compute_node_id: 1, address: '0000:81:00.2', status: 'available' },
    {
      ...device,
      ...live,
      compute_node_id: 2,
      address: '0000:82:00.0',
      status: 'claimed',
      instance_uuid: plain,
    },
    {
      ...device,
      compute_node_id: 1,
      address: '0000:81:00.3',
      status: 'allocated',
      instance_uuid: pinned,
      deleted: 4,
    },
  );
  const over = ['confirmed', 'reverted', 'error', 'failed', 'completed', 'cancelled', 'done'];
  const underWay = ['accepted', 'queued', 'preparing', 'running', 'post-migrating', 'migrating', 'finished'];
  await insert(
    cell,
    'migrations',
    ...[...over, ...underWay, null].map((status) => ({
      ...{ ...live, status, instance_uuid: pinned, migration_type: 'resize', source_compute: 'compute1' },
    })),
    {
      ...{ ...live, status: 'completed', instance_uuid: plain, migration_type: 'live-migration' },
      ...{ source_compute: 'compute2', dest_compute: 'compute3' },
    },
    {
      status: 'running',
      instance_uuid: pinned,
      migration_type: 'resize',
      source_compute: 'compute1',
      deleted: 99,
    },
  );
  const service = {
    host: 'compute1',
    binary: 'nova-compute',
    topic: 'compute',
    report_count: 12,
    version: 64,
  };
  await insert(
    cell,
    'services',
    {
      ...service,
      ...live,
      last_seen_up: '2026-11-22 18:41:29',
      disabled: true,
      disabled_reason: 'maintenance',
    },
    { ...service, ...live, binary: 'nova-conductor', topic: 'conductor', version: null },
    { ...service, host: 'compute7', deleted: 8 },
  );
}
