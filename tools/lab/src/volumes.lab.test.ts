import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLab } from './description.js';
import { LabUser, together, type LabGuest } from './lab-testing.js';
import { encryptedVolumeType, plainVolumeType } from './seed-volumes.js';

// One guest whose disk is a volume, with two more volumes, and a live migration.

const { services } = await readLab();

let user: LabUser;
let guest: LabGuest;
let plain: string;
let encrypted: string;

/** The disk of a volume in a domain's XML: Nova makes the volume's id its serial number. */
function diskOf(xml: string, volume: string): string | undefined {
  return xml.match(/<disk [\s\S]*?<\/disk>/g)?.find((disk) => disk.includes(`<serial>${volume}</serial>`));
}

const target = (disk: string | undefined) => /<target dev='(\w+)'/.exec(disk ?? '')?.[1] ?? '';

/** What is written to the volumes, and looked for. */
const mark = 'whitebox-was-here';

/** Attaches a volume, and writes the mark to it from inside. */
async function use(volume: string): Promise<void> {
  await guest.attach(volume);
  const device = target(diskOf(await guest.xml(), volume));
  expect(device).toMatch(/^vd[b-z]$/);
  // 512 byte sectors
  expect(Number(await guest.run(`cat /sys/block/${device}/size`))).toBe(2 ** 30 / 512);
  await guest.run(`printf ${mark} | dd of=/dev/${device} conv=fsync 2> /dev/null`);
}

/** What the guest reads from a volume, and not from its memory. */
async function readBack(volume: string): Promise<string> {
  const device = target(diskOf(await guest.xml(), volume));
  const read = `dd if=/dev/${device} bs=${mark.length} count=1 2> /dev/null`;
  return await guest.run(`echo 3 > /proc/sys/vm/drop_caches; ${read}`);
}

// A lab may be made without volumes or keys; then there is nothing here to check.
describe.runIf(services.includes('volumes') && services.includes('keys'))(
  'a guest whose disk is a volume',
  () => {
    beforeAll(async () => {
      user = await LabUser.open();
      [guest, plain, encrypted] = await together(
        user.boot({ name: 'lab-check-volume', fromVolume: true }),
        user.volume('lab-check-plain', plainVolumeType),
        user.volume('lab-check-encrypted', encryptedVolumeType),
      );
    }, 240_000);

    afterAll(async () => {
      await user[Symbol.asyncDispose]();
    }, 240_000);

    it('boots from a file in the folder that all hosts share', async () => {
      expect((await guest.run('cat /etc/lab-image')).trim()).toBe(user.lab.images[0]);
      const xml = await guest.xml();
      const file = /<source file='(\/var\/lib\/nova\/mnt\/[^']+)'/.exec(xml)?.[1] ?? '';
      expect(file).toMatch(/volume-[-\w]{36}$/);
      expect(xml.match(/<disk /g)).toHaveLength(1);
      for (const { name } of user.lab.hosts) {
        const found = await user.onHost(name, `ls /srv/volumes/${file.split('/').at(-1) ?? '-'}`);
        expect(found.trim(), name).not.toBe('');
      }
    });

    it('sees a volume that is attached, and writes to it', async () => {
      await use(plain);
      expect(await readBack(plain)).toBe(mark);
    });

    it('is live-migrated with both of them, and goes on where it was', async () => {
      const [before, boot] = [await guest.host(), await guest.bootId()];
      await guest.liveMigrate();
      expect(await guest.host()).not.toBe(before);
      expect(await guest.bootId()).toBe(boot);
      expect(await readBack(plain)).toBe(mark);
      const left = await user.onHost(before, `sudo virsh list --all --name`);
      expect(left).not.toContain(await guest.instanceName());
    });

    it('has an encrypted volume opened by QEMU with a key that Barbican keeps', async () => {
      await use(encrypted);
      const disk = diskOf(await guest.xml(), encrypted);
      expect(disk).toMatch(/<encryption format='luks'/);
      expect(disk).toMatch(/<secret type='passphrase' uuid='[-\w]{36}'/);
      expect(await readBack(encrypted)).toBe(mark);
      const found = async (volume: string) => {
        const line = `sudo head -c 16M /srv/volumes/volume-${volume} | grep -a -c ${mark} || true`;
        return (await user.onHost(await guest.host(), line)).trim();
      };
      expect([await found(plain), await found(encrypted)]).toEqual(['1', '0']);
    });

    it('loses them again', async () => {
      const devices = [];
      for (const volume of [plain, encrypted]) {
        devices.push(target(diskOf(await guest.xml(), volume)));
        await guest.detach(volume);
        expect(diskOf(await guest.xml(), volume)).toBeUndefined();
      }
      const seen = (await guest.run('ls /sys/block')).split('\n');
      for (const device of devices) expect(seen).not.toContain(device);
    });
  },
);
