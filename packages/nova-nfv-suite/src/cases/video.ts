import { display, expect, shared, test, type Cloud, type TestServer } from '@whitebox/testkit';
import { fromBothXmls, qemuDrivers } from '../each-layer.js';

/** Drivers of QEMU by the model that libvirt has for them (libvirt src/qemu/qemu_command.c, qemuBuildVideoCommandLine). */
const drivers: Readonly<Record<string, readonly string[]>> = {
  virtio: ['virtio-vga', 'virtio-gpu-pci'],
  bochs: ['bochs-display'],
  vga: ['VGA'],
  cirrus: ['cirrus-vga'],
  qxl: ['qxl-vga'],
};
const all = Object.values(drivers).flat();

test(
  'a guest has the video model of its image, through rebuilds from virtio to none and back',
  {
    claim: { sharedHosts: 'one' },
    needs: [display()],
    replaces: [
      'test_hw_video_type.HwVideoModelTest.test_create_virtio_instance',
      'test_hw_video_type.HwVideoModelTest.test_create_none_instance',
      'test_hw_video_type.HwVideoModelTest.test_rebuild_virtio_to_none',
      // The predecessor's body is a copy of virtio_to_none.
      'test_hw_video_type.HwVideoModelTest.test_rebuild_none_to_virtio',
    ],
  },
  async ({ cloud }) => {
    const [virtio, none] = [await image(cloud, 'virtio'), await image(cloud, 'none')];
    const server = await cloud.boot({ flavor: shared(1), imageId: virtio });
    await expectVideo(server, 'virtio');

    await server.rebuild(none);
    await expectVideo(server, 'none');

    await server.rebuild(virtio);
    await expectVideo(server, 'virtio');
  },
);

test(
  'a guest whose image names no video model has the default one',
  {
    claim: { sharedHosts: 'one' },
    needs: [display()],
    replaces: ['test_hw_video_type.HwVideoModelTest.test_default_hw_device'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: shared(1) });

    const wanted = await cloud.option('whitebox', 'default_video_model');
    // nova/virt/libvirt/driver.py, _get_video_type: virtio since 23.0.0 (Wallaby) on x86-64 and AArch64, cirrus before.
    await expectVideo(server, wanted ?? (cloud.release.atLeast(23) ? 'virtio' : 'cirrus'));
  },
);

test(
  'a UEFI guest has a bochs display where its image says so, also after a hard reboot',
  {
    claim: { sharedHosts: 'one' },
    // Older releases do not know the model.
    since: 24,
    needs: [display()],
    replaces: ['test_hw_video_type.HwVideoModelTest.test_bochs_display_device'],
  },
  async ({ cloud }) => {
    const imageId = await image(cloud, 'bochs', { hw_firmware_type: 'uefi', hw_machine_type: 'q35' });
    const server = await cloud.boot({ flavor: shared(1), imageId });
    await expectVideo(server, 'bochs');

    await server.hardReboot();

    await expectVideo(server, 'bochs');
  },
);

function image(cloud: Cloud, model: string, more: Record<string, string> = {}): Promise<string> {
  return cloud.image({ properties: { hw_video_model: model, ...more } });
}

async function expectVideo(server: TestServer, model: string): Promise<void> {
  expect(await fromBothXmls(server, ({ devices }) => devices.videos.map((video) => video.model))).toEqual([
    model,
  ]);
  const found = (await qemuDrivers(server)).filter((driver) => all.includes(driver));
  if (model === 'none') expect(found).toEqual([]);
  else expect(found).toEqual([expect.stringMatching(new RegExp(`^(${drivers[model]?.join('|') ?? '.*'})$`))]);
}
