import { encryptedConsoles, expectEncryptedConsole, shared, test } from '@whitebox/testkit';

test(
  'the VNC console of a guest is encrypted, and QEMU asks for a certificate',
  {
    needs: [encryptedConsoles()],
    replaces: ['test_console_encryption.TestVencrypt.test_via_qemu_logs'],
  },
  async ({ cloud }) => {
    const off = cloud.computes.filter(
      ({ config }) => config.effective('vnc', 'enabled')?.value.toLowerCase() === 'false',
    );
    if (off.length > 0) {
      await cloud.configureComputes([{ section: 'vnc', option: 'enabled', value: 'true' }], { on: off });
    }
    // The arguments of the process that runs, not the log, which has those of earlier starts too.
    await expectEncryptedConsole(cloud, await cloud.boot({ flavor: shared(1) }));
  },
);
