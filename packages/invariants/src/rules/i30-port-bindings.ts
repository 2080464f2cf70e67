import { hasXml } from '../has-xml.js';
import { guestRule } from '../rule.js';
import { listed } from '../said.js';

/** Of ports whose device is one of pci_devices: VNIC_TYPES_SRIOV and VDPA of nova/network/model.py. */
const ofDevices = ['direct', 'direct-physical', 'macvtap', 'vdpa'];

export const i30 = guestRule({
  id: 'I30',
  statement: 'the binding of a Neutron port names the host and the device that the server has',
  source: 'nova/network/neutron.py, _populate_neutron_binding_profile; nova/virt/libvirt/vif.py',
  transience: 'transient',
  confidence: 'likely',
  remedy:
    'openstack port show PORT; openstack server reboot --hard SERVER; for a failed binding: openstack server remove port SERVER PORT; openstack server add port SERVER PORT',
  reads: ['Neutron', 'database', 'domain XML'],
  guest: ['ports', 'live'],
  host: ['pciDevices'],
  applies: hasXml,
  check: ({ uuid, ports, live }, { name, pciDevices }, { violated, unread }) => {
    for (const { id, mac, vnicType, vifType, bindingHost, pciSlot, pciVendorInfo, vlan } of ports) {
      const say = (point: string, expected: string, found: string): void => {
        violated({ point: `${point} of port ${id}`, expected, found });
      };
      if (vifType === null) {
        unread(`the binding of port ${id}, which only administrators see`);
        continue;
      }
      if (['binding_failed', 'unbound'].includes(vifType)) say('binding', 'one', vifType);
      if (bindingHost !== name) say('binding:host_id', name, bindingHost ?? 'none');
      // Hardware offload of Open vSwitch binds such ports too; remote-managed ones are a SmartNIC's own.
      if (!ofDevices.includes(vnicType ?? '')) continue;
      const row = pciDevices.find(({ address }) => address === pciSlot);
      if (row?.instanceUuid !== uuid) {
        const mine = pciDevices.filter(({ instanceUuid }) => instanceUuid === uuid);
        say(
          'pci_slot',
          `one of ${listed(mine.map(({ address }) => address))} (pci_devices)`,
          `${pciSlot ?? 'none'} (Neutron)`,
        );
        continue;
      }
      const device = `${row.vendorId}:${row.productId}`;
      if (pciVendorInfo !== undefined && pciVendorInfo !== device)
        say('pci_vendor_info', `${device} (pci_devices)`, `${pciVendorInfo} (Neutron)`);
      // A whole physical function is a plain hostdev, which has no MAC address in the XML.
      const nic = live?.devices.interfaces.find((each) => each.mac === mac);
      if (nic === undefined) {
        if (vnicType !== 'direct-physical')
          say('interface', `one with ${mac} (Neutron)`, 'none (domain XML)');
        continue;
      }
      if (nic.hostPci !== undefined && nic.hostPci !== pciSlot)
        say('device', `${pciSlot ?? ''} (Neutron)`, `${nic.hostPci} (domain XML)`);
      const tags = nic.vlanTags.filter((tag) => tag !== 0);
      if (vifType === 'hw_veb' && listed(tags.map(String)) !== listed(vlan ? [String(vlan)] : []))
        say('VLAN', `${vlan ?? 'none'} (Neutron)`, `${listed(tags.map(String))} (domain XML)`);
    }
  },
});
