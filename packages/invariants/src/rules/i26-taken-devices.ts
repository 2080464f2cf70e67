import { hasXml } from '../has-xml.js';
import { guestRule } from '../rule.js';
import { addressesOf, devicesNamedBy } from '../host-devices.js';

export const i26 = guestRule({
  id: 'I26',
  statement: 'the XML of a server has no device of the host that the database has not given to it',
  source: 'nova/virt/libvirt/driver.py, _get_guest_pci_device (lp#1896463, lp#1633120)',
  transience: 'transient',
  confidence: 'certain',
  remedy: 'openstack server reboot --hard SERVER, once no other server has the device',
  reads: ['domain XML', 'database', 'kernel'],
  guest: ['live'],
  host: ['pciDevices', 'domains'],
  applies: hasXml,
  check: ({ uuid, live }, { pciDevices, pciFunctions, domains }, { violated, unread }) => {
    if (live === null) return;
    const named = devicesNamedBy(live);
    if (pciFunctions === undefined && named.byName.length > 0)
      unread('the PCI functions of the host, which its XML calls by name');
    const functions = pciFunctions ?? [];
    for (const address of addressesOf(live, functions)) {
      const row = pciDevices.find((device) => device.address === address);
      // The macvtap agent of Neutron plugs guests into interfaces that are no device of Nova's.
      if (row === undefined && !named.whole.includes(address)) continue;
      if (row?.instanceUuid !== uuid || row.status !== 'allocated')
        violated({
          point: `device ${address}`,
          expected: 'allocated to it (pci_devices)',
          found: row === undefined ? 'no row' : `${row.status}, ${row.instanceUuid ?? "nobody's"}`,
        });
      for (const domain of domains) {
        if (
          domain.uuid === uuid ||
          domain.xml === undefined ||
          !addressesOf(domain.xml, functions).includes(address)
        )
          continue;
        violated({ point: `device ${address}`, expected: 'in one domain', found: `in ${domain.name} too` });
      }
    }
  },
});
