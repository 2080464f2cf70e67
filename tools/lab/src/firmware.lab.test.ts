import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLab } from './description.js';
import { LabUser, together, type LabGuest } from './lab-testing.js';

// Guests with other firmware than BIOS, and with a TPM; all of them boot at the same time.

const { services } = await readLab();

let user: LabUser;
let uefi: LabGuest;
let secure: LabGuest;

const tpm = (model: string) => ({ 'hw:tpm_version': '2.0', 'hw:tpm_model': model });
const withKeys = services.includes('keys');

beforeAll(async () => {
  user = await LabUser.open();
  [uefi, secure] = await together(
    user.boot({
      name: 'lab-check-uefi',
      flavor: { ram: 256, extraSpecs: withKeys ? tpm('tpm-tis') : {} },
      image: { hw_firmware_type: 'uefi' },
    }),
    user.boot({
      name: 'lab-check-secure',
      // GRUB does not start the kernel with less when it has to check it.
      flavor: { ram: 384, extraSpecs: withKeys ? tpm('tpm-crb') : {} },
      image: { hw_firmware_type: 'uefi', hw_machine_type: 'q35', os_secure_boot: 'required' },
    }),
  );
}, 240_000);

afterAll(async () => {
  await user[Symbol.asyncDispose]();
}, 240_000);

describe('a guest', () => {
  it('boots by UEFI', async () => {
    expect(await uefi.xml()).toMatch(/<loader readonly='yes'(?: secure='no')? type='pflash'/);
    expect(await uefi.run('ls /sys/firmware')).toContain('efi');
    expect(await uefi.run('dmesg')).toMatch(/secureboot: Secure boot disabled/i);
  });

  it('boots with Secure Boot, and its kernel knows', async () => {
    const xml = await secure.xml();
    expect(xml).toMatch(/<loader readonly='yes' secure='yes' type='pflash'/);
    expect(xml).toMatch(/<smm state='on'/);
    const said = await secure.run('dmesg');
    expect(said).toMatch(/secureboot: Secure boot enabled/i);
    expect(said).toMatch(/Kernel is locked down/);
  });

  it.runIf(withKeys)('has a TPM that the firmware has used, and its key in Barbican', async () => {
    for (const [guest, model] of [
      [uefi, 'tpm-tis'],
      [secure, 'tpm-crb'],
    ] as const) {
      const device = /<tpm model='([\w-]+)'>[\s\S]*?<\/tpm>/.exec(await guest.xml());
      expect(device?.[1]).toBe(model);
      expect(await guest.run('cat /sys/class/tpm/tpm0/tpm_version_major')).toBe('2\n');
      expect(await guest.run('ls /dev')).toContain('tpmrm0');
      // What was measured while it booted; all zero if nobody has.
      expect(await guest.run('cat /sys/class/tpm/tpm0/pcr-sha256/0')).toMatch(/^(?!0{64})[0-9A-F]{64}$/m);
      const secret = /<encryption secret='([-\w]{36})'/.exec(device?.[0] ?? '')?.[1] ?? '';
      const found = await user.cloud.request('GET', 'barbican', `/v1/secrets/${secret}`);
      expect(found).toMatchObject({ status: 'ACTIVE', secret_type: 'passphrase' });
    }
  });
});
