import type { Domain } from '@whitebox/libvirt-xml';
import { hasXml } from '../has-xml.js';
import { guestRule } from '../rule.js';
import { listed } from '../said.js';
import { addresses } from '../host-devices.js';

export const i25 = guestRule({
  id: 'I25',
  statement:
    'the devices that the database allocates to a server are on its host, as many as it asked for, and in its XML',
  source: 'nova/pci/manager.py and stats.py (lp#1986838, lp#2098496, lp#1860555)',
  transient: true,
  layers: ['database', 'domain XML'],
  guest: ['extra', 'live'],
  host: ['pciDevices'],
  applies: (guest) => hasXml(guest),
  check: ({ uuid, extra, live }, { pciDevices }, { snapshot, violated }) => {
    if (live === null || extra === null) return;
    const mine = pciDevices.filter(
      ({ instanceUuid, status }) => instanceUuid === uuid && status === 'allocated',
    );
    for (const { requestId, count, aliasName } of extra.pciRequests) {
      const found = mine.filter((device) => device.requestId === requestId).length;
      if (found !== count)
        violated({
          point: `devices of request ${aliasName ?? requestId ?? ''}`,
          expected: `${count} (pci_requests)`,
          found: `${found} (pci_devices)`,
        });
    }
    for (const { name, pciDevices: others = [] } of snapshot.hosts) {
      if (name === live.name || others === pciDevices) continue;
      const left = others.filter(
        ({ instanceUuid, status }) => instanceUuid === uuid && ['allocated', 'claimed'].includes(status),
      );
      const moving = (snapshot.migrations ?? []).some(
        ({ instanceUuid, inProgress }) => instanceUuid === uuid && inProgress,
      );
      if (left.length > 0 && !moving)
        violated({
          point: `devices of ${name}`,
          expected: 'none, as it is not there',
          found: listed(left.map(({ address, status }) => `${address} ${status}`)),
        });
    }
    if (hasNamedDevices(live)) return;
    const xml = addresses(live);
    const missing = mine.filter(({ address }) => !xml.includes(address));
    if (missing.length > 0)
      violated({
        point: 'devices in the XML',
        expected: `${listed(mine.map(({ address }) => address))} (pci_devices)`,
        found: `${listed(xml)} (domain XML)`,
      });
  },
});

/** Macvtap and vDPA: the XML names a device of the host, not its address. */
function hasNamedDevices({ devices }: Domain): boolean {
  return devices.interfaces.some(({ type }) => type === 'direct' || type === 'vdpa');
}
