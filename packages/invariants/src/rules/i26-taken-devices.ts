import { hasXml } from '../has-xml.js';
import { guestRule } from '../rule.js';
import { addresses } from '../host-devices.js';

export const i26 = guestRule({
  id: 'I26',
  statement: 'the XML of a server has no device of the host that the database has not given to it',
  source: 'nova/virt/libvirt/driver.py, _get_guest_pci_device (lp#1896463, lp#1633120)',
  transient: true,
  layers: ['domain XML', 'database'],
  guest: ['live'],
  host: ['pciDevices', 'domains'],
  applies: hasXml,
  check: ({ uuid, live }, { pciDevices, domains }, { violated }) => {
    if (live === null) return;
    for (const address of addresses(live)) {
      const row = pciDevices.find((device) => device.address === address);
      if (row?.instanceUuid !== uuid || row.status !== 'allocated')
        violated({
          point: `device ${address}`,
          expected: 'allocated to it (pci_devices)',
          found: row === undefined ? 'no row' : `${row.status}, ${row.instanceUuid ?? "nobody's"}`,
        });
      for (const domain of domains) {
        if (domain.uuid === uuid || domain.xml === undefined || !addresses(domain.xml).includes(address))
          continue;
        violated({ point: `device ${address}`, expected: 'in one domain', found: `in ${domain.name} too` });
      }
    }
  },
});
