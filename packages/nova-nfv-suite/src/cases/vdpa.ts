import {
  computes,
  expect,
  feature,
  freePortDevices,
  shared,
  test,
  type Cloud,
  type TestServer,
} from '@whitebox/testkit';
import { deviceNetwork, expectNoDeviceElsewhere, expectPort } from '../device-ports.js';
import { evacuate } from '../evacuation.js';

const twoHosts = [computes(2), freePortDevices('vdpa', { hosts: 2 })];
const movable = [feature('vdpa_cold_migration_supported'), ...twoHosts];

test(
  'a guest with a vDPA port has its device in every layer, with the receive queue that Nova is told',
  {
    needs: [freePortDevices('vdpa')],
    replaces: ['test_vdpa.VDPASmokeTests.test_guest_creation_with_vdpa_port'],
  },
  async ({ cloud }) => {
    const { server, portId } = await bootWithPort(cloud);
    await expectVdpa(cloud, server, portId);
  },
);

test(
  'a cold migration gives a vDPA port a device of its new host, and a revert one of the old host again',
  {
    needs: movable,
    replaces: [
      'test_vdpa.VDPAColdMigration.test_vdpa_cold_migration',
      'test_vdpa.VDPAColdMigration.test_revert_vdpa_cold_migration',
    ],
  },
  async ({ cloud }) => {
    const { server, portId } = await bootWithPort(cloud);
    const source = server.host.name;
    await server.coldMigrate();
    expect(server.host.name).not.toBe(source);
    await server.revertResize();
    expect(server.host.name).toBe(source);
    await expectVdpa(cloud, server, portId);

    await server.coldMigrate();
    await server.confirmResize();
    expect(server.host.name).not.toBe(source);
    await expectVdpa(cloud, server, portId);
  },
);

// The predecessor expects the source as the host after the resize; which one it is the scheduler decides.
test(
  'a guest with a vDPA port still has exactly one device after a resize',
  {
    needs: [feature('resize'), ...movable],
    replaces: ['test_vdpa.VDPAResizeInstance.test_vdpa_to_standard_resize'],
  },
  async ({ cloud }) => {
    const { server, portId } = await bootWithPort(cloud);
    await server.resize(shared(2));
    await expectVdpa(cloud, server, portId);
  },
);

// The predecessor looks at each of the rows that a server has, also where it has none. lp#1896463: the resource tracker of the
// new host frees the device again.
test(
  'an evacuated guest with a vDPA port has a device of its new host, and its old one keeps none for it',
  { needs: twoHosts, replaces: ['test_vdpa.VDPAEvacuateInstance.test_evacuate_server_vdpa'] },
  async ({ cloud }) => {
    const { server, portId } = await bootWithPort(cloud);
    const evacuated = await evacuate(cloud, server);
    const held = async (): Promise<readonly string[]> =>
      (await cloud.pciInventory(server.host)).heldBy(server.id);
    expect(await held(), 'devices that its new host has for it').toHaveLength(1);
    // The rows of the old host are its own to free, when it is back: before, the guest has one of each.
    await evacuated.sourceIsBack();
    // It does so before it says that it is up: clean_usage of nova/pci/manager.py, from pre_start_hook of its compute manager.
    await expectPort(server, portId, 'vdpa');
    await expectNoDeviceElsewhere(cloud, server);
  },
);

async function bootWithPort(cloud: Cloud): Promise<{ readonly server: TestServer; readonly portId: string }> {
  const network = await deviceNetwork(cloud, 'vdpa');
  const portId = await network.port();
  return { server: await cloud.boot({ flavor: shared(1), networks: [{ portId }] }), portId };
}

async function expectVdpa(cloud: Cloud, server: TestServer, portId: string): Promise<void> {
  const devices = await expectPort(server, portId, 'vdpa');
  const size = await cloud.option('whitebox', 'rx_queue_size');
  if (size !== undefined) {
    expect(devices.ports.map((port) => port.interface?.driver['rx_queue_size'])).toEqual([String(size)]);
  }
  await expectNoDeviceElsewhere(cloud, server);
}
