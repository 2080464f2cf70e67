import { computes, expect, feature, freePortDevices, microversion, shared, test } from '@whitebox/testkit';
import { deviceNetwork, expectNoDeviceElsewhere, expectPort } from '../device-ports.js';

// The predecessor waits until all of pci_devices has one allocated row, whoever has it; here nothing but the new host has
// one for the server.

for (const kind of ['direct', 'macvtap'] as const) {
  test(
    `a live migration there and back gives a ${kind} port a virtual function of its new host, with its VLAN`,
    {
      needs: [
        feature('live_migration'),
        computes(2),
        microversion('2.74'),
        freePortDevices(kind, { hosts: 2 }),
      ],
      replaces: [`test_sriov.SRIOVMigration.test_sriov_${kind}_live_migration`],
      since: 20,
    },
    async ({ cloud }) => {
      const network = await deviceNetwork(cloud, kind);
      const portId = await network.port();
      const server = await cloud.boot({ flavor: shared(1), networks: [{ portId }] });
      const source = server.host;
      await expectPort(server, portId, kind);

      for (const host of [cloud.computeOtherThan(source), source]) {
        await server.liveMigrate({ to: host });
        expect(server.host.name).toBe(host.name);
        await expectPort(server, portId, kind);
        await expectNoDeviceElsewhere(cloud, server);
      }
    },
  );
}

for (const kind of ['direct', 'direct-physical'] as const) {
  test(
    `a cold migration gives a ${kind} port a device of its new host and frees the old one, and so does its revert`,
    { needs: [feature('cold_migration'), computes(2), freePortDevices(kind, { hosts: 2 })] },
    async ({ cloud }) => {
      const network = await deviceNetwork(cloud, kind);
      const portId = await network.port();
      const server = await cloud.boot({ flavor: shared(1), networks: [{ portId }] });
      const source = server.host.name;

      await server.coldMigrate();
      expect(server.host.name).not.toBe(source);
      await server.revertResize();
      expect(server.host.name).toBe(source);
      await expectPort(server, portId, kind);
      await expectNoDeviceElsewhere(cloud, server);

      await server.coldMigrate();
      await server.confirmResize();
      await expectPort(server, portId, kind);
      await expectNoDeviceElsewhere(cloud, server);
    },
  );
}
