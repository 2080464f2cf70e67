import {
  blockStorage,
  expect,
  expectDisksOpen,
  expectVolumes,
  roomForDisks,
  shared,
  test,
} from '@whitebox/testkit';
import { expectScsiDisks, virtioScsi } from '../scsi-disks.js';

/** libvirt's former limit of units on the controller that Nova makes was 7 (lp#1686116). */
const many = 7;

test(
  'a guest that boots with many volumes has all of them on one virtio-scsi controller',
  {
    claim: { volumes: 7, exclusive: ['many volumes'], sharedHosts: 'one' },
    needs: [blockStorage(), roomForDisks(many)],
    replaces: ['test_virtio_scsi_attach.VirtioSCSIDiskMultiAttachment.test_boot_with_multiple_disks'],
  },
  async ({ cloud }) => {
    const image = await cloud.image({ properties: virtioScsi });
    const server = await cloud.boot({
      flavor: { ...shared(1), diskGib: 0 },
      imageId: null,
      blockDevices: Array.from({ length: many }, (_, bootIndex) => ({
        ...(bootIndex === 0 ? { source: 'image' as const, id: image } : { source: 'blank' as const }),
        destination: 'volume' as const,
        bus: 'scsi',
        sizeGib: 1,
        bootIndex,
        deleteOnTermination: true,
      })),
    });
    const { volumeIds } = await server.refresh();
    expect(volumeIds).toHaveLength(many);
    await expectScsiDisks(server, many);
    await expectVolumes(cloud, server, volumeIds);
    await expectDisksOpen(server);
  },
);

test(
  'many volumes that are attached to a guest are on one virtio-scsi controller with its root disk',
  {
    claim: { volumes: 6, exclusive: ['many volumes'], sharedHosts: 'one' },
    needs: [blockStorage(), roomForDisks(many)],
    replaces: ['test_virtio_scsi_attach.VirtioSCSIDiskMultiAttachment.test_attach_multiple_scsi_disks'],
  },
  async ({ cloud }) => {
    const imageId = await cloud.image({ properties: virtioScsi });
    const server = await cloud.boot({ flavor: shared(1), imageId });
    await expectScsiDisks(server, 1);
    const volumes = await Promise.all(Array.from({ length: many - 1 }, () => cloud.volume()));
    for (const volume of volumes) await server.attachVolume(volume);
    await expectScsiDisks(server, many);
    await expectVolumes(cloud, server, volumes);
    await expectDisksOpen(server);
  },
);

/** Disks that a guest may have in the case below. */
const limit = 3;

test(
  'a guest gets as many disks as its compute allows and no more, at boot and attached',
  {
    claim: { servers: 2, volumes: 6, exclusive: ['many volumes'], ownHosts: 1 },
    needs: [blockStorage()],
    replaces: [
      'test_virtio_scsi_attach.VirtioSCSIDiskRestrictAttachments.test_max_iscsi_disks_attachment_enforced',
    ],
  },
  async ({ cloud }) => {
    const change = { section: 'compute', option: 'max_disk_devices_to_attach', value: String(limit) };
    await cloud.configureComputes([change]);
    const imageId = await cloud.image({ properties: virtioScsi });
    const server = await cloud.boot({ flavor: shared(1), imageId });
    const [tooMany, ...volumes] = await Promise.all([cloud.volume(), cloud.volume(), cloud.volume()]);
    for (const volume of volumes) await server.attachVolume(volume);
    await expectScsiDisks(server, limit);
    await expectVolumes(cloud, server, volumes);

    await cloud.act('act', `attach volume ${tooMany} to ${server.name}, which must be refused`, async () => {
      await expect(
        cloud.openstack.compute.servers.attachVolume(server.id, tooMany, { signal: cloud.signal }),
      ).rejects.toMatchObject({ code: 'WB_OPENSTACK_FORBIDDEN' });
    });
    const refused = await cloud.openstack.volumes.show(tooMany, { signal: cloud.signal });
    expect(refused).toMatchObject({ status: 'available', attachments: [] });
    await expectScsiDisks(server, limit);
    await expectVolumes(cloud, server, volumes);

    const fault = await cloud.bootToFail({
      flavor: shared(1),
      imageId,
      blockDevices: [
        { source: 'image', destination: 'local', id: imageId, bootIndex: 0, deleteOnTermination: true },
        ...Array.from({ length: limit }, () => ({
          source: 'blank' as const,
          destination: 'volume' as const,
          sizeGib: 1,
          deleteOnTermination: true,
        })),
      ],
    });
    expect(fault.message).toMatch(/maximum allowed number of disk devices \(3\)/);
  },
);
