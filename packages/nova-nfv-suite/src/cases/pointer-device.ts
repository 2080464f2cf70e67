import { display, expect, shared, test, type TestServer } from '@whitebox/testkit';
import { fromBothXmls, qemuDrivers } from '../each-layer.js';

test(
  'an image gives its guests a USB tablet beside the mouse where the configuration gives none, and none when it is gone',
  {
    claim: { ownHosts: 1 },
    needs: [display()],
    replaces: ['test_pointer_device_type.PointerDeviceTypeFromImages.test_pointer_device_type_from_images'],
  },
  async ({ cloud }) => {
    // The default is usbtablet: with that every guest has one, whatever its image says.
    await cloud.configureComputes([{ section: 'DEFAULT', option: 'pointer_model', value: 'ps2mouse' }]);
    const server = await cloud.boot({ flavor: shared(1) });
    await expectPointers(server, ['ps2 mouse'], []);

    await server.rebuild(await cloud.image({ properties: { hw_pointer_model: 'usbtablet' } }));
    await expectPointers(server, ['ps2 mouse', 'usb tablet'], ['usb-tablet']);

    await server.hardReboot();
    await expectPointers(server, ['ps2 mouse', 'usb tablet'], ['usb-tablet']);

    await server.rebuild(await cloud.defaultImage());
    await expectPointers(server, ['ps2 mouse'], []);
  },
);

test(
  'an image with input bus virtio gives its guests a virtio tablet, whatever the configuration says',
  { claim: { sharedHosts: 'one' }, since: 24, needs: [display()] },
  async ({ cloud }) => {
    const imageId = await cloud.image({ properties: { hw_input_bus: 'virtio' } });
    const server = await cloud.boot({ flavor: shared(1), imageId });
    await expectPointers(server, ['ps2 mouse', 'virtio tablet'], ['virtio-tablet-pci']);
  },
);

/**
 * @param inputs "bus type", sorted; libvirt gives every x86 guest with a display a PS/2 mouse
 * @param tablets drivers of QEMU; the mouse is a part of the machine
 */
async function expectPointers(
  server: TestServer,
  inputs: readonly string[],
  tablets: readonly string[],
): Promise<void> {
  const found = await fromBothXmls(server, ({ devices }) =>
    devices.inputs
      .filter(({ type }) => type !== 'keyboard')
      .map(({ bus, type }) => `${bus ?? 'no bus'} ${type}`)
      .sort(),
  );
  expect(found).toEqual(inputs);
  expect((await qemuDrivers(server)).filter((driver) => driver.includes('tablet'))).toEqual(tablets);
}
