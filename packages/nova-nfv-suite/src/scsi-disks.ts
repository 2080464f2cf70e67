import { expect, type TestServer } from '@whitebox/testkit';

/** Properties of an image that puts all disks of a guest on one virtio-scsi controller. */
export const virtioScsi = { hw_scsi_model: 'virtio-scsi', hw_disk_bus: 'scsi' };

/** That a guest has one virtio-scsi controller and just so many disks, all on it, each at an address of its own (lp#1686116). */
export async function expectScsiDisks(server: TestServer, count: number): Promise<void> {
  for (const inactive of [false, true]) {
    const layer = inactive ? 'inactive XML' : 'domain XML';
    const { controllers, disks } = (await server.xml({ inactive })).devices;
    const scsi = controllers.filter(({ type }) => type === 'scsi');
    expect(
      scsi.map(({ model }) => model),
      `SCSI controllers of the ${layer}`,
    ).toEqual(['virtio-scsi']);
    const places = disks.map(({ targetBus, address }) => {
      const { controller, bus, target, unit } = address?.attributes ?? {};
      return `${targetBus ?? 'no bus'} ${controller ?? '-'}:${bus ?? '-'}:${target ?? '-'}:${unit ?? '-'}`;
    });
    const onIt = places.filter((place) => place.startsWith(`scsi ${scsi[0]?.index ?? 0}:`));
    expect(onIt, `disks on the controller, ${layer}`).toHaveLength(count);
    expect(new Set(places).size, `addresses of the disks of the ${layer}`).toBe(disks.length);
    expect(disks, `disks of the ${layer}`).toHaveLength(count);
  }
}
