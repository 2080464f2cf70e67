import {
  blockStorage,
  computes,
  expect,
  expectDisksOpen,
  expectVolumes,
  feature,
  test,
} from '@whitebox/testkit';
import { bootFromVolume } from '../boot-from-volume.js';

test(
  'a live migration there and back keeps the cache mode of a volume that a guest boots from, and its attachment',
  {
    claim: { volumes: 1 },
    needs: [feature('live_migration'), feature('volume_backed_live_migration'), computes(2), blockStorage()],
    replaces: ['test_live_migration.LiveMigrationBase.test_volume_backed_live_migration'],
  },
  async ({ cloud }) => {
    const { server, volume } = await bootFromVolume(cloud);
    const source = server.host;
    const cacheModes = async (): Promise<(string | undefined)[]> => {
      const both = [await server.xml(), await server.xml({ inactive: true })];
      return both.map(
        ({ devices }) => devices.disks.find(({ serial }) => serial === volume)?.driver['cache'],
      );
    };
    const [cache] = await cacheModes();
    expect(cache, 'cache mode of the root disk').toMatch(/^[a-z]+$/);

    for (const host of [source, cloud.computeOtherThan(source), source]) {
      if (server.host !== host) await server.liveMigrate({ to: host });
      expect(server.host.name).toBe(host.name);
      expect(await cacheModes(), 'cache mode in domain XML and inactive XML').toEqual([cache, cache]);
      await expectVolumes(cloud, server, [volume]);
      await expectDisksOpen(server);
    }
  },
);
