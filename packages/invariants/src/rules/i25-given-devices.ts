import { hasXml } from '../has-xml.js';
import { guestRule } from '../rule.js';
import { listed } from '../said.js';
import { addressesOf, devicesNamedBy } from '../host-devices.js';

export const i25 = guestRule({
  id: 'I25',
  statement:
    'the devices that the database allocates to a server are on its host, as many as it asked for, and in its XML',
  source: 'nova/pci/manager.py and stats.py (lp#1986838, lp#2098496, lp#1860555)',
  transience: 'transient',
  confidence: 'certain',
  remedy: 'openstack server reboot --hard SERVER; what is left on another host: restart nova-compute there',
  reads: ['database', 'domain XML', 'kernel'],
  guest: ['extra', 'live'],
  host: ['pciDevices'],
  applies: (guest) => hasXml(guest),
  check: ({ uuid, extra, live }, { pciDevices, pciFunctions }, { snapshot, violated, unread }) => {
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
    if (pciFunctions === undefined && devicesNamedBy(live).byName.length > 0) {
      unread('the PCI functions of the host, which its XML calls by name');
      return;
    }
    const xml = addressesOf(live, pciFunctions ?? []);
    const missing = mine.filter(({ address }) => !xml.includes(address));
    if (missing.length > 0)
      violated({
        point: 'devices in the XML',
        expected: `${listed(mine.map(({ address }) => address))} (pci_devices)`,
        found: `${listed(xml)} (domain XML)`,
      });
  },
});
