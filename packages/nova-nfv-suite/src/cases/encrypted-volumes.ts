import { encryptedVolumes, expect, expectEncrypted, expectPlain, shared, test } from '@whitebox/testkit';

test(
  'an encrypted volume of a guest is LUKS, its secrets outlive a hard reboot, and libvirt forgets them with the volume',
  {
    claim: { volumes: 2, sharedHosts: 'one' },
    needs: [encryptedVolumes()],
    replaces: ['test_volume_encryption.TestQEMUVolumeEncryption.test_qemu_volume_encryption'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: shared(1) });
    const plain = await cloud.volume();
    const encrypted = await cloud.volume({ type: await cloud.encryptedVolumeType() });
    await server.attachVolume(plain);
    await server.attachVolume(encrypted);
    const secretId = await expectEncrypted(cloud, server, encrypted);
    await expectPlain(cloud, server, plain);

    await server.hardReboot();
    expect(await expectEncrypted(cloud, server, encrypted), 'secret of the volume').toBe(secretId);
    await expectPlain(cloud, server, plain);

    await server.detachVolume(encrypted);
    const kept = (await server.host.virsh.secrets()).map(({ uuid }) => uuid);
    expect(kept, 'secrets of volumes that are detached').not.toContain(secretId);
  },
);
