import {
  fail,
  firstOf,
  of,
  everyXml,
  everyExtra,
  device,
  withDevice,
  hostdev,
  pool,
} from '../change-snapshot.js';
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
      Object.assign(row, {
        type: 'type-PF',
        address: '0000:81:00.0',
        productId: '10fb',
        parentAddress: null,
      });
      firstOf(of.host(s).pciFunctions).driver = 'vfio-pci';
      everyXml(s, of.pinned(s), (xml) => (firstOf(xml.devices.hostdevs).hostPci = row.address));
      of.host(s).pciDevices.push(device({}));
      of.node(s).pciPools.push(pool());
    },
    /virtual functions of 0000:81:00.0: expected all virtual ones unavailable.*, found 0000:81:00.1 available/,
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
    'I43',
    'a volume that Cinder has detached',
    (s) => (of.floating(s).attachments = []),
    /volume 3333.*: expected attachment attachment \(block_device_mapping\), attached, found none such \(Cinder\)/,
  ],
  [
    'I43',
    'a volume that Cinder is still attaching',
    (s) => (firstOf(of.floating(s).attachments).status = 'attaching'),
    /found of volume 3333.*, attaching \(Cinder\)/,
  ],
  [
    'I43',
    'an attachment that nobody uses',
    (s) => of.pinned(s).attachments.push({ id: 'left', volumeId: 'v', status: 'reserved' }),
    /attachment left: expected one that the server has .*, found volume v, reserved \(Cinder\)/,
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
  [
    'I29',
    'a row of another device',
    (s) => (withDevice(s).productId = '154c'),
    /device 0000:81:00.1: expected 8086:154c type-VF on cell 0 \(pci_devices\), found 8086:10ed type-VF on cell 0 \(kernel\)/,
  ],
  [
    'I29',
    'a row whose device has gone',
    (s) => {
      withDevice(s);
      of.host(s).pciFunctions.pop();
    },
    /device 0000:81:00.1: expected 8086:10ed \(pci_devices\), found none \(kernel\)/,
  ],
  [
    'I29',
    'a device of a guest that the driver of the host has',
    (s) => {
      withDevice(s);
      firstOf(of.host(s).pciFunctions.slice(1)).driver = 'ixgbevf';
    },
    /driver of 0000:81:00.1: expected vfio-pci, as instance-00000001 has it, found ixgbevf \(kernel\)/,
  ],
  [
    'I30',
    'a port that is bound elsewhere',
    (s) => (firstOf(of.pinned(s).ports).bindingHost = 'compute2'),
    /binding:host_id of port 4444.*: expected compute1, found compute2/,
  ],
  [
    'I30',
    'a binding that has failed',
    (s) => (firstOf(of.pinned(s).ports).vifType = 'binding_failed'),
    /binding of port 4444.*: expected one, found binding_failed/,
  ],
  [
    'I45',
    'a disk whose file was removed',
    (s) => of.floating(s).files?.named.set('/var/lib/nova/mnt/volume', null),
    /disk vda: expected .*volume \(domain XML\), found no such file \(kernel\)/,
  ],
  [
    'I45',
    'a disk whose file was made anew',
    (s) => of.floating(s).files?.named.set('/var/lib/nova/mnt/volume', '65025:8'),
    /disk vda: expected .*volume open in QEMU, found another file of that name/,
  ],
  [
    'I46',
    'a configuration that was changed later',
    (s) => (firstOf(of.host(s).configFiles).modifiedAt = new Date('2026-11-23T00:30:00Z')),
    /configuration \/etc\/nova\/nova.conf: expected not changed since .*00:00:00.000Z, found changed at .*00:30/,
  ],
  [
    'I46',
    'a heartbeat that has stopped',
    (s) => Object.assign(of.host(s).service ?? fail(), { lastSeenUp: new Date('2026-11-23T01:50:00Z') }),
    /heartbeat: expected within 60 s of .*, found last at 2026-11-23T01:50/,
  ],
];
