import { hasXml } from '../has-xml.js';
import { guestRule } from '../rule.js';
import { listed } from '../said.js';

export const i44 = guestRule({
  id: 'I44',
  statement: 'libvirt has the secrets of the encrypted disks of a running server',
  source: 'nova/virt/libvirt/driver.py, _attach_encryptor (lp#1905701)',
  layers: ['domain XML', 'libvirt'],
  guest: ['live'],
  host: ['secrets'],
  applies: (guest) =>
    hasXml(guest) && (guest.live?.devices.disks.some(({ encryption }) => encryption !== undefined) ?? false),
  check: ({ live }, host, { violated }) => {
    for (const { targetDev, encryption } of live?.devices.disks ?? []) {
      const secret = encryption?.secretUuid;
      if (secret === undefined || host.secrets.includes(secret)) continue;
      violated({
        point: `disk ${targetDev}`,
        expected: `secret ${secret}`,
        found: `${listed(host.secrets)} (libvirt)`,
      });
    }
  },
});
