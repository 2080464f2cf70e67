import { computes, expect, expectVtpm, feature, keyManager, test, withTpm } from '@whitebox/testkit';

test(
  'a guest whose vTPM its hosts can open is live migrated there and back, and the host that it is on keeps the secret',
  {
    // nova/virt/libvirt/host.py keeps the secret of `hw:tpm_secret_security=host`, so that libvirt can start the guest elsewhere.
    since: 33,
    needs: [
      feature('vtpm_device_supported'),
      feature('vtpm_live_migration_supported'),
      feature('live_migration'),
      keyManager(),
      computes(2),
    ],
    replaces: ['test_vtpm.VTPMTest.test_vtpm_live_migration_secret_security_host'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: withTpm('tpm-tis', { 'hw:tpm_secret_security': 'host' }) });
    const [source, destination] = [server.host, cloud.computeOtherThan(server.host)];
    const secretId = await expectVtpm(cloud, server, 'tpm-tis', { security: 'host' });

    for (const host of [destination, source]) {
      await server.liveMigrate({ to: host });
      expect(server.host.name).toBe(host.name);
      expect(await expectVtpm(cloud, server, 'tpm-tis', { security: 'host' })).toBe(secretId);
    }
  },
);
