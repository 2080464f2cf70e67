import type { PciFunction } from '@whitebox/kernel';
import { devicesNamedBy } from '../host-devices.js';
import { hostRule } from '../rule.js';

/** As _get_device_type of nova/virt/libvirt/host.py tells them apart. */
function typeOf({ totalVfs, physicalFunction, vdpaDevices }: PciFunction): string {
  if (totalVfs > 0) return 'type-PF';
  if (vdpaDevices.length > 0) return 'vdpa';
  return physicalFunction === undefined ? 'type-PCI' : 'type-VF';
}

export const i29 = hostRule({
  id: 'I29',
  statement:
    'a row of pci_devices is a device of the host, with the same vendor, product, type and cell, and bound to vfio while a guest has it',
  source: 'nova/virt/libvirt/host.py, _get_pcidev_info and _get_device_type (lp#1915255)',
  transience: 'transient',
  confidence: 'certain',
  remedy:
    'Restart nova-compute of the host, which reads its devices anew; openstack server reboot --hard SERVER for a driver that is not vfio',
  reads: ['database', 'kernel', 'domain XML'],
  host: ['pciDevices', 'pciFunctions', 'domains'],
  check: ({ pciDevices, pciFunctions, domains }, { violated }) => {
    for (const { address, vendorId, productId, type, numaNode, status, instanceUuid } of pciDevices) {
      if (['removed', 'deleted'].includes(status)) continue;
      const device = pciFunctions.find((each) => each.address === address);
      const point = `device ${address}`;
      if (device === undefined) {
        // The virtual functions of a physical one that is given away go with its driver.
        if (status !== 'unavailable')
          violated({ point, expected: `${vendorId}:${productId} (pci_devices)`, found: 'none (kernel)' });
        continue;
      }
      const row = `${vendorId}:${productId} ${type} on cell ${numaNode ?? 'none'}`;
      const found = `${device.vendorId}:${device.productId} ${typeOf(device)} on cell ${device.numaNode ?? 'none'}`;
      // A function that QEMU has keeps its type, but shows no vDPA device and may hide its capability.
      const same = status === 'allocated' ? row.split(' ')[0] === found.split(' ')[0] : row === found;
      if (!same) violated({ point, expected: `${row} (pci_devices)`, found: `${found} (kernel)` });
      const xml = domains.find(({ uuid }) => uuid === instanceUuid)?.xml;
      if (status !== 'allocated' || xml === undefined || !devicesNamedBy(xml).whole.includes(address))
        continue;
      // "vfio-pci", or a variant of it: "mlx5_vfio_pci".
      if (device.driver?.includes('vfio') !== true)
        violated({
          point: `driver of ${address}`,
          expected: `vfio-pci, as ${xml.name} has it`,
          found: `${device.driver ?? 'none'} (kernel)`,
        });
    }
  },
});
