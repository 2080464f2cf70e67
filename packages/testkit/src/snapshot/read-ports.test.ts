import type { Port } from '@whitebox/openstack';
import { expect, it } from 'vitest';
import { portSnapshot } from './read-ports.js';

const port: Port = {
  id: 'p1',
  name: '',
  networkId: 'n1',
  status: 'ACTIVE',
  mac: 'FA:16:3E:81:00:01',
  fixedIps: [],
  deviceId: 's1',
  deviceOwner: 'compute:nova',
  vifType: 'hw_veb',
  vnicType: 'direct',
  bindingHost: 'compute1',
  bindingProfile: { pci_slot: '0000:81:00.1', pci_vendor_info: '8086:10ed', physical_network: 'physnet0' },
  raw: { 'binding:vif_details': { port_filter: false, vlan: '100', connectivity: 'l2' } },
};

it('tells the device and the VLAN of a port on a virtual function', () => {
  expect(portSnapshot(port)).toEqual({
    id: 'p1',
    mac: 'fa:16:3e:81:00:01',
    vnicType: 'direct',
    vifType: 'hw_veb',
    bindingHost: 'compute1',
    pciSlot: '0000:81:00.1',
    pciVendorInfo: '8086:10ed',
    vlan: 100,
  });
});

it('tells no device of a plain port, and no VLAN of a flat network', () => {
  const plain = { ...port, bindingProfile: {}, raw: { 'binding:vif_details': { vlan: '0' } } };
  expect(portSnapshot(plain)).toMatchObject({
    pciSlot: undefined,
    pciVendorInfo: undefined,
    vlan: undefined,
  });
  expect(portSnapshot({ ...port, raw: {} }).vlan).toBeUndefined();
});
