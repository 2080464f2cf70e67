import {
  computes,
  expect,
  feature,
  freePassthroughDevices,
  shared,
  test,
  type Cloud,
  type FlavorSpec,
} from '@whitebox/testkit';
import { expectNoDeviceElsewhere } from '../device-ports.js';

// The predecessor looks for one row with that address and status, whoever has it; here rows are those of the server.

test(
  'a guest whose flavor asks for a PCI device has exactly that one in every layer, over a hard reboot, until it is deleted',
  {
    needs: [freePassthroughDevices()],
    replaces: [
      'test_pci_passthrough.PCIPassthroughTest.test_pci_passthrough_boot',
      'test_pci_passthrough.PCIPassthroughTest.test_pci_passthrough_placement',
    ],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: await withDevice(cloud) });
    const devices = await server.devices();
    expect(devices.pciAddresses).toHaveLength(1);
    expect(devices.rows.map(({ address }) => address)).toEqual(devices.pciAddresses);
    const known = await cloud.option('whitebox-hardware', 'pci_passthrough_addresses');
    const lower = known?.map((address) => address.toLowerCase());
    if (lower !== undefined) expect(lower).toContain(devices.pciAddresses[0]);
    const resourceClass = await cloud.option('whitebox-hardware', 'pci_passthrough_resource_class');
    if (devices.rows.some(({ extraInfo }) => extraInfo['rp_uuid'] !== undefined)) {
      const name = resourceClass ?? 'CUSTOM_PCI';
      const held = Object.entries(await server.allocations()).filter(([one]) => one.startsWith(name));
      expect(held.map(([, amount]) => amount)).toEqual([1]);
    }
    expect(devices).toAgreeEverywhere();

    await server.hardReboot();
    const rebooted = await server.devices();
    expect(rebooted.pciAddresses).toEqual(devices.pciAddresses);
    expect(rebooted).toAgreeEverywhere();

    const { host, id } = server;
    await expectNoDeviceElsewhere(cloud, server);
    const { free } = await cloud.pciInventory(host);
    await cloud.act('act', `delete ${server.name}`, () => cloud.openstack.actions.delete(id));
    const inventory = await cloud.pciInventory(host);
    expect(inventory.heldBy(id)).toEqual([]);
    expect(inventory.free).toBe(free + 1);
    expect(inventory).toAgreeEverywhere();
  },
);

test(
  'a cold migration takes a PCI device of the new host; confirmed it frees that of the old one, reverted its own',
  { needs: [feature('cold_migration'), computes(2), freePassthroughDevices({ hosts: 2 })] },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: await withDevice(cloud) });
    const source = server.host.name;
    const expectOne = async (): Promise<void> => {
      const devices = await server.devices();
      expect(devices.pciAddresses).toHaveLength(1);
      expect(devices).toAgreeEverywhere();
      await expectNoDeviceElsewhere(cloud, server);
    };
    await server.coldMigrate();
    expect(server.host.name).not.toBe(source);
    await server.revertResize();
    expect(server.host.name).toBe(source);
    await expectOne();

    await server.coldMigrate();
    await server.confirmResize();
    expect(server.host.name).not.toBe(source);
    await expectOne();
  },
);

test(
  'a resize gives a guest the PCI devices of its new flavor, and takes those of the old one',
  { needs: [feature('resize'), freePassthroughDevices()] },
  async ({ cloud }) => {
    const flavor = await withDevice(cloud);
    const server = await cloud.boot({ flavor: shared(1) });
    await server.resize(flavor);
    const devices = await server.devices();
    expect(devices.pciAddresses).toHaveLength(1);
    expect(devices).toAgreeEverywhere();

    await server.resize(shared(1));
    const without = await server.devices();
    expect(without.pciAddresses).toEqual([]);
    expect(without.rows).toEqual([]);
    expect(without.disagreements()).toEqual([]);
    await expectNoDeviceElsewhere(cloud, server);
  },
);

async function withDevice(cloud: Cloud): Promise<FlavorSpec> {
  const alias = await cloud.option('whitebox-hardware', 'pci_passthrough_alias');
  expect(alias, '[pci] alias of nova-compute').toBeDefined();
  return shared(1, { 'pci_passthrough:alias': `${alias ?? ''}:1` });
}
