import {
  computes,
  expect,
  feature,
  freePersistentMemory,
  shared,
  test,
  type Cloud,
  type FlavorSpec,
} from '@whitebox/testkit';

// The predecessor is told the size of its namespaces (pmem_expected_size) and adds the alignment to that of the XML; here the guest gets what the host's ndctl tells of the namespace that the database names.

test(
  'a guest with persistent memory has the whole namespace as an NVDIMM, over reboots and stops, until it is deleted',
  {
    claim: { exclusive: ['nvdimm'] },
    needs: [freePersistentMemory()],
    replaces: ['test_nvdimm.NVDIMMTests.test_nvdimm_instance_creation'],
  },
  async ({ cloud }) => {
    const { label, flavor } = await persistentMemory(cloud);
    const free = await freeOf(cloud, label);
    const server = await cloud.boot({ flavor });
    const devices = await server.devices();
    expect(devices.nvdimms).toHaveLength(1);
    expect(devices).toAgreeEverywhere();
    expect(await freeOf(cloud, label)).toBe(free - 1);

    await server.hardReboot();
    expect((await server.devices()).nvdimms).toEqual(devices.nvdimms);
    await server.stop();
    await server.start();
    const started = await server.devices();
    expect(started.nvdimms).toEqual(devices.nvdimms);
    expect(started).toAgreeEverywhere();

    await cloud.act('act', `delete ${server.name}`, () => cloud.openstack.actions.delete(server.id));
    expect(await freeOf(cloud, label)).toBe(free);
  },
);

test(
  'a guest with persistent memory gets a namespace of each host that it moves to and gives that of the last one back',
  {
    claim: { exclusive: ['nvdimm'] },
    needs: [feature('cold_migration'), computes(2), freePersistentMemory({ hosts: 2 })],
  },
  async ({ cloud }) => {
    const { label, flavor } = await persistentMemory(cloud, { hosts: 2 });
    const free = await freeOf(cloud, label);
    const server = await cloud.boot({ flavor });
    const source = server.host.name;
    const expectOne = async (): Promise<void> => {
      const devices = await server.devices();
      expect(devices.nvdimms).toHaveLength(1);
      expect(devices).toAgreeEverywhere();
    };
    await expectOne();

    await server.coldMigrate();
    expect(server.host.name).not.toBe(source);
    await expectOne();
    await server.revertResize();
    expect(server.host.name).toBe(source);
    await expectOne();
    await server.coldMigrate();
    await server.confirmResize();
    await expectOne();
    expect(await freeOf(cloud, label)).toBe(free - 1);
  },
);

test(
  'a live migration gives a guest a namespace of persistent memory of its new host',
  {
    claim: { exclusive: ['nvdimm'] },
    needs: [feature('live_migration'), computes(2), freePersistentMemory({ hosts: 2 })],
  },
  async ({ cloud }) => {
    const { label, flavor } = await persistentMemory(cloud, { hosts: 2 });
    const free = await freeOf(cloud, label);
    const server = await cloud.boot({ flavor });
    const source = server.host.name;
    await server.liveMigrate();
    expect(server.host.name).not.toBe(source);
    const devices = await server.devices();
    expect(devices.nvdimms).toHaveLength(1);
    expect(devices).toAgreeEverywhere();
    expect(await freeOf(cloud, label)).toBe(free - 1);
  },
);

test(
  'a resize takes persistent memory from a guest and gives it some',
  {
    claim: { exclusive: ['nvdimm'] },
    needs: [feature('resize'), computes(2), freePersistentMemory({ hosts: 2 })],
  },
  async ({ cloud }) => {
    const { label, flavor } = await persistentMemory(cloud, { hosts: 2 });
    const free = await freeOf(cloud, label);
    const server = await cloud.boot({ flavor });
    expect((await server.devices()).nvdimms).toHaveLength(1);

    await server.resize(shared(1));
    const without = await server.devices();
    expect(without.nvdimms).toEqual([]);
    expect(without.disagreements()).toEqual([]);
    expect(await freeOf(cloud, label)).toBe(free);

    await server.resize(flavor);
    const again = await server.devices();
    expect(again.nvdimms).toHaveLength(1);
    expect(again).toAgreeEverywhere();
    expect(await freeOf(cloud, label)).toBe(free - 1);
  },
);

/** The label of `pmem_flavor_size`, else one of which so many hosts have some free, and a flavor that asks for one. */
async function persistentMemory(
  cloud: Cloud,
  { hosts = 1 }: { readonly hosts?: number } = {},
): Promise<{ readonly label: string; readonly flavor: FlavorSpec }> {
  const found = await cloud.hostDevices();
  const labels = new Set(found.flatMap(({ pmem }) => [...pmem.keys()]));
  const said = await cloud.option('whitebox', 'pmem_flavor_size');
  const label =
    said ??
    [...labels].find((one) => found.filter(({ pmem }) => (pmem.get(one)?.free ?? 0) > 0).length >= hosts);
  expect(label, 'a label of persistent memory').toBeDefined();
  return { label: label ?? '', flavor: shared(1, { 'hw:pmem': label ?? '' }) };
}

/** Namespaces of a label that no guest has, on all hosts, as Placement counts them. */
async function freeOf(cloud: Cloud, label: string): Promise<number> {
  const hosts = await cloud.hostDevices();
  return hosts.reduce((sum, { pmem }) => sum + (pmem.get(label.toUpperCase())?.free ?? 0), 0);
}
