import { expect, rbdDownload, shared, test } from '@whitebox/testkit';
import { rbdDifferences } from '../rbd-download.js';

test(
  'an image that Glance keeps in Ceph is copied from there, not over HTTP, and becomes a file of its host',
  {
    needs: [rbdDownload()],
    replaces: ['test_rbd_direct_download.TestRBDDirectDownload.test_rbd_logs_and_conf'],
  },
  async ({ cloud }) => {
    await cloud.configureComputes([
      { section: 'libvirt', option: 'images_type', value: 'default' },
      { section: 'DEFAULT', option: 'debug', value: 'true' },
    ]);
    // A copy, which no compute has in its cache yet.
    const imageId = await cloud.image();
    const marks = new Map(
      await Promise.all(cloud.computes.map(async (host) => [host, await host.novaCompute.mark()] as const)),
    );
    const server = await cloud.boot({ flavor: shared(1), imageId });
    const mark = marks.get(server.host);
    const lines = mark === undefined ? [] : await server.host.novaCompute.log(mark);
    const { raw } = await cloud.openstack.images.show(imageId);
    const { disks } = (await server.xml()).devices;
    const differences = rbdDifferences({
      imageId,
      directUrl: typeof raw['direct_url'] === 'string' ? raw['direct_url'] : undefined,
      pool: server.host.config.effective('glance', 'rbd_pool')?.value,
      log: lines.map(({ message }) => message),
      disks: disks.map(({ source }) => ({ protocol: source?.protocol, path: source?.path })),
    });
    expect(differences, differences.join('\n')).toEqual([]);
  },
);
