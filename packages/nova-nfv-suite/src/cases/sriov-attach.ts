import { expect, feature, freePortDevices, shared, test } from '@whitebox/testkit';
import { deviceNetwork, expectNoDeviceElsewhere, expectPort } from '../device-ports.js';

// The predecessor counts devices of the guest by lspci, over ssh. libvirt tells the same: a device leaves the live XML only
// when the guest has let go of it (DEVICE_DELETED of QEMU), and has an alias there once QEMU has it.

for (const kind of ['direct', 'macvtap', 'direct-physical'] as const) {
  test(
    `a ${kind} port can be attached to a running guest and detached again, and then attached to another one`,
    {
      needs: [feature('sriov_hotplug'), freePortDevices(kind)],
      replaces: [`test_sriov.SRIOVAttachAndDetach.test_sriov_${kind.replace('-', '_')}_attach_detach_port`],
    },
    async ({ cloud }) => {
      const network = await deviceNetwork(cloud, kind);
      const portId = await network.port();
      const first = await cloud.boot({ flavor: shared(1) });
      const second = await cloud.boot({ flavor: shared(1), host: first.host });

      for (const server of [first, second]) {
        await server.attachPort(portId);
        const devices = await expectPort(server, portId, kind);
        const xml = await server.xml();
        const plugged = [...xml.devices.hostdevs, ...xml.devices.interfaces];
        const [port] = devices.ports;
        const inXml = plugged.filter((one) =>
          kind === 'direct-physical' ? one.hostPci === port?.pciSlot : 'mac' in one && one.mac === port?.mac,
        );
        expect(inXml.map(({ alias }) => alias)).toEqual([expect.any(String)]);

        await server.detachPort(portId);
        // Nova gives the device back after Neutron has the port.
        await expect
          .poll(
            async () => {
              const { ports, pciAddresses, rows } = await server.devices();
              return { ports, pciAddresses, rows };
            },
            { timeout: 60_000, interval: 500 },
          )
          .toEqual({ ports: [], pciAddresses: [], rows: [] });
        expect((await server.devices()).disagreements()).toEqual([]);
        await expectNoDeviceElsewhere(cloud, server);
      }
    },
  );
}
