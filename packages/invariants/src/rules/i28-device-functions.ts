import type { PciDeviceRow } from '@whitebox/db';
import { hostRule } from '../rule.js';
import { listed } from '../said.js';

export const i28 = hostRule({
  id: 'I28',
  statement: 'a physical function and its virtual functions are not given away both',
  source: 'nova/objects/pci_device.py, claim and allocate (lp#1969496, lp#1567549)',
  transience: 'transient',
  confidence: 'certain',
  remedy: 'Restart nova-compute of the host, which reads its devices anew',
  reads: ['database'],
  host: ['pciDevices'],
  check: ({ pciDevices }, { violated }) => {
    const used = ({ status }: PciDeviceRow): boolean => ['allocated', 'claimed'].includes(status);
    for (const parent of pciDevices.filter(({ type }) => type === 'type-PF')) {
      const children = pciDevices.filter(({ parentAddress }) => parentAddress === parent.address);
      const says = (expected: string, devices: readonly PciDeviceRow[]): void => {
        if (devices.length > 0)
          violated({
            point: devices.includes(parent)
              ? `physical function ${parent.address}`
              : `virtual functions of ${parent.address}`,
            expected,
            found: listed(devices.map(({ address, status }) => `${address} ${status}`)),
          });
      };
      const free = ({ status }: PciDeviceRow): boolean => status === 'available';
      if (used(parent))
        says(
          'all virtual ones unavailable, as the physical one is given away',
          children.filter((child) => used(child) || free(child)),
        );
      else if (children.some(used))
        says('the physical one unavailable, as a virtual one is given away', [parent].filter(free));
      else {
        says(
          'the physical one available, as no virtual one is given away',
          [parent].filter(({ status }) => status === 'unavailable' && children.length > 0),
        );
        says(
          'the virtual ones available, as the physical one is',
          children.filter(({ status }) => status === 'unavailable'),
        );
      }
    }
  },
});
