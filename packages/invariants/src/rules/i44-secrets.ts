import type { Domain } from '@whitebox/libvirt-xml';
import { hasXml } from '../has-xml.js';
import { guestRule } from '../rule.js';
import { listed } from '../said.js';

export const i44 = guestRule({
  id: 'I44',
  statement:
    'libvirt has the secrets of the encrypted disks of a running server, the key manager that of its vTPM, and libvirt too where it is to keep it',
  source: 'nova/virt/libvirt/driver.py, _attach_encryptor and _create_guest (lp#1905701)',
  transience: 'stuck',
  confidence: 'certain',
  remedy:
    'openstack server reboot --hard SERVER, by its owner, whose secrets the key manager gives to nobody else',
  reads: ['domain XML', 'libvirt', 'database', 'Barbican'],
  guest: ['live', 'extra', 'systemMetadata'],
  host: ['secrets'],
  applies: (guest) => hasXml(guest) && secretsOf(guest.live).length > 0,
  check: ({ live, extra, systemMetadata, keys }, { secrets }, { violated, unread }) => {
    for (const { point, secret, vtpm } of secretsOf(live)) {
      const row = systemMetadata.get('vtpm_secret_uuid') ?? undefined;
      if (vtpm && row !== secret)
        violated({
          point: `secret of the ${point}`,
          expected: `${row ?? 'none'} (instance_system_metadata)`,
          found: `${secret} (domain XML)`,
        });
      if (vtpm && keys === undefined) unread('whether the key manager has the secret of its vTPM');
      if (vtpm && row !== undefined && keys?.get(row) === false)
        violated({
          point: `secret of the ${point} in the key manager`,
          expected: `${row} (instance_system_metadata)`,
          found: 'none (Barbican)',
        });
      // Nova takes that of a vTPM away when the guest has started, unless the flavor lets the host keep it.
      if (vtpm && extra?.flavors?.current.extraSpecs['hw:tpm_secret_security'] !== 'host') continue;
      if (!secrets.includes(secret))
        violated({ point, expected: `secret ${secret}`, found: `${listed(secrets)} (libvirt)` });
    }
  },
});

function secretsOf(
  live: Domain | null,
): readonly { readonly point: string; readonly secret: string; readonly vtpm: boolean }[] {
  if (live === null) return [];
  const { disks, tpms } = live.devices;
  return [
    ...disks.map(({ targetDev, encryption }) => ({
      point: `disk ${targetDev}`,
      secret: encryption?.secretUuid,
      vtpm: false,
    })),
    ...tpms.map(({ secretUuid }) => ({ point: 'vTPM', secret: secretUuid, vtpm: true })),
  ].flatMap(({ secret, ...rest }) => (secret === undefined ? [] : [{ ...rest, secret }]));
}
