import { firstOf, of, everyXml, everyExtra, device, withDevice, hostdev, pool } from '../change-snapshot.js';
import { numaId, rootId } from '../good-snapshot.js';
import type { BadSnapshot } from './bad-snapshot.js';

export const devices: readonly BadSnapshot[] = [
  [
    'I25',
    'a device that is not in the XML',
    (s) => {
      withDevice(s);
      everyXml(s, of.pinned(s), (xml) => (xml.devices.hostdevs = []));
    },
    /devices in the XML: expected 0000:81:00.1 \(pci_devices\), found none \(domain XML\)/,
  ],
  [
    'I26',
    'a device that is nobody’s',
    (s) => {
      everyXml(s, of.pinned(s), (xml) => (xml.devices.hostdevs = [hostdev({ hostPci: '0000:81:00.7' })]));
    },
    /device 0000:81:00.7: expected allocated to it \(pci_devices\), found no row/,
  ],
  [
    'I27',
    'a device of a server that is not there',
    (s) => of.host(s).pciDevices.push(device({ status: 'allocated', instanceUuid: 'gone' })),
    /device 0000:81:00.1: expected a server on compute1, found allocated to gone/,
  ],
  [
    'I28',
    'a physical function given away beside a free virtual one',
    (s) => {
      const row = withDevice(s);
      Object.assign(row, { type: 'type-PF', address: '0000:81:00.0', parentAddress: null });
      everyXml(s, of.pinned(s), (xml) => (firstOf(xml.devices.hostdevs).hostPci = row.address));
      of.host(s).pciDevices.push(device({}));
      of.node(s).pciPools.push(pool());
    },
    /functions of 0000:81:00.0: expected all virtual ones unavailable.*, found 0000:81:00.1 available/,
  ],
  [
    'I31',
    'a device of another cell',
    (s) => (withDevice(s).numaNode = 1),
    /device 0000:81:00.1: expected on a cell of 0, found on 1/,
  ],
  [
    'I32',
    'a pool without its device',
    (s) => of.host(s).pciDevices.push(device({})),
    /8086:10ed type-VF on cell 0: expected 1 available \(pci_devices\), found 0 \(pci_stats\)/,
  ],
  [
    'I33',
    'a provider without a device',
    (s) =>
      of.host(s).providers.push({
        id: 'pf',
        name: 'compute1_0000:81:00.0',
        parentId: rootId,
        inventories: { CUSTOM_PCI_8086_10ED: { total: 1, reserved: 0, allocationRatio: 1 } },
        traits: ['COMPUTE_MANAGED_PCI_DEVICE'],
        allocations: {},
      }),
    /inventory of compute1_0000:81:00.0: expected 0 \(pci_devices\), found 1 \(Placement\)/,
  ],
  [
    'I34',
    'a VGPU without a mediated device',
    (s) => {
      of.pinned(s).allocations.push({ providerId: 'gpu', resources: { VGPU: 1 } });
      of.host(s).providers.push({
        id: 'gpu',
        name: 'compute1_pci_0000_84_00_0',
        parentId: rootId,
        inventories: { VGPU: { total: 1, reserved: 0, allocationRatio: 1 } },
        traits: [],
        allocations: { [numaId]: { VGPU: 1 } },
      });
    },
    /mediated devices: expected 1 \(Placement\), found 0 \(domain XML\)/,
  ],
  [
    'I35',
    'a namespace that is not in the XML',
    (s) => {
      everyExtra(
        s,
        of.pinned(s),
        (extra) =>
          (extra.resources = [
            { providerUuid: rootId, resourceClass: 'CUSTOM_PMEM_NAMESPACE_4GB', identifier: 'ns0' },
          ]),
      );
    },
    /persistent memory: expected ns0 \(instance_extra\), found none \(domain XML\)/,
  ],
  [
    'I43',
    'a volume that is not in the XML',
    (s) => {
      everyXml(s, of.floating(s), (xml) => (xml.devices.disks = []));
    },
    /volumes: expected 3333.* \(block_device_mapping\), found none \(domain XML\)/,
  ],
  [
    'I44',
    'a secret that libvirt has lost',
    (s) => {
      everyXml(
        s,
        of.floating(s),
        ({ devices: { disks } }) => (firstOf(disks).encryption = { format: 'luks', secretUuid: 'secret' }),
      );
    },
    /disk vda: expected secret secret, found none \(libvirt\)/,
  ],
];
