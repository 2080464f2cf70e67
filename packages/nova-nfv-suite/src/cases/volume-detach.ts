import { blockStorage, expect, expectVolumes, shared, test, waitForVolume } from '@whitebox/testkit';

test(
  'a volume that cannot be detached while libvirt is down stays attached, and is detached afterwards',
  {
    claim: { volumes: 1, ownHosts: 1 },
    needs: [blockStorage()],
    replaces: ['test_volume_negative.VolumesAdminNegativeTest.test_detach_failure'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: shared(1) });
    const volume = await cloud.volume();
    await server.attachVolume(volume);
    await expectVolumes(cloud, server, [volume]);

    const libvirt = await cloud.stopService(server.host, 'libvirt');
    await cloud.act('act', `detach volume ${volume} from ${server.name}, which must fail`, async () => {
      const { compute, volumes } = cloud.openstack;
      await compute.servers.detachVolume(server.id, volume, { signal: cloud.signal });
      await waitForVolume(volumes, volume, 'in-use', { timeoutMs: 120_000, signal: cloud.signal });
    });
    await libvirt.start();
    // QEMU has run all the time, so this is what the guest sees.
    await expectVolumes(cloud, server, [volume]);

    await server.detachVolume(volume);
    expect((await server.refresh()).volumeIds).toEqual([]);
    const rows = await cloud.database.blockDevices(server.id);
    expect(
      rows.map(({ volumeId }) => volumeId),
      'rows of the database',
    ).toEqual([null]);
    for (const inactive of [false, true]) {
      const { disks } = (await server.xml({ inactive })).devices;
      expect(
        disks.map(({ serial }) => serial),
        `serials, inactive: ${inactive}`,
      ).not.toContain(volume);
      expect(disks.length).toBeGreaterThan(0);
    }
    expect(await cloud.openstack.volumes.show(volume)).toMatchObject({ attachments: [] });
  },
);
