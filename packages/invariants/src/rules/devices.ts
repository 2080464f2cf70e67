import { hasXml } from '../has-xml.js';
import type { Invariant } from '../invariant.js';
import { guestRule } from '../rule.js';
import { listed, sum } from '../said.js';

const mdevs: Invariant = guestRule({
  id: 'I34',
  statement: 'a server has as many mediated devices in its XML as Placement has VGPUs allocated to it',
  source: 'nova/virt/libvirt/driver.py, _allocate_mdevs (lp#1778563, lp#1948705)',
  layers: ['Placement', 'domain XML'],
  guest: ['live', 'allocations'],
  applies: hasXml,
  check: ({ live, allocations }, _, { violated }) => {
    const allocated = sum(allocations.map(({ resources }) => resources['VGPU'] ?? 0));
    const found = live?.devices.hostdevs.filter(({ type }) => type === 'mdev').length ?? 0;
    // Mediated devices can be of other classes, as [devices] mdev_class says.
    const other = allocations.some(({ resources }) =>
      Object.keys(resources).some((name) => name.startsWith('CUSTOM_')),
    );
    if (found !== allocated && !(allocated === 0 && other))
      violated({
        point: 'mediated devices',
        expected: `${allocated} (Placement)`,
        found: `${found} (domain XML)`,
      });
  },
});

const vpmem: Invariant = guestRule({
  id: 'I35',
  statement: 'a server has the namespaces of persistent memory in its XML that the database gives to it',
  source: 'nova/virt/libvirt/driver.py, _get_ordered_vpmems',
  layers: ['database', 'domain XML'],
  guest: ['extra', 'live'],
  applies: hasXml,
  check: ({ extra, live }, _, { violated }) => {
    const given = (extra?.resources ?? [])
      .filter(({ resourceClass }) => resourceClass.startsWith('CUSTOM_PMEM_NAMESPACE_'))
      .map(({ identifier }) => identifier);
    const found = (live?.devices.memory ?? []).flatMap(({ model, sourcePath }) =>
      model === 'nvdimm' && sourcePath !== undefined ? [sourcePath] : [],
    );
    if (found.length !== given.length)
      violated({
        point: 'persistent memory',
        expected: `${listed(given)} (instance_extra)`,
        found: `${listed(found)} (domain XML)`,
      });
  },
});

const volumes: Invariant = guestRule({
  id: 'I43',
  statement: 'the volumes of a server in the database are the disks of its XML',
  source: 'nova/virt/block_device.py; nova/compute/manager.py, attach_volume and detach_volume (lp#1889108)',
  transient: true,
  layers: ['database', 'domain XML'],
  guest: ['blockDevices', 'live'],
  applies: hasXml,
  check: ({ blockDevices, live }, _, { violated }) => {
    const rows = blockDevices.flatMap(({ volumeId, destinationType }) =>
      destinationType === 'volume' && volumeId !== null ? [volumeId] : [],
    );
    const disks = (live?.devices.disks ?? []).flatMap(({ serial }) => serial ?? []);
    // A disk that is no volume has no serial that is a volume's.
    const missing = rows.filter((id) => !disks.includes(id));
    const extra = disks.filter(
      (serial) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(serial) && !rows.includes(serial),
    );
    if (missing.length > 0 || extra.length > 0)
      violated({
        point: 'volumes',
        expected: `${listed(rows)} (block_device_mapping)`,
        found: `${listed(disks)} (domain XML)`,
      });
    const unattached = blockDevices.filter(
      ({ volumeId, attachmentId, destinationType }) =>
        destinationType === 'volume' && volumeId !== null && attachmentId === null,
    );
    for (const { volumeId } of unattached)
      violated({
        point: `volume ${volumeId ?? ''}`,
        expected: 'an attachment',
        found: 'none (block_device_mapping)',
      });
  },
});

const secrets: Invariant = guestRule({
  id: 'I44',
  statement: 'libvirt has the secrets of the encrypted disks of a running server',
  source: 'nova/virt/libvirt/driver.py, _attach_encryptor (lp#1905701)',
  layers: ['domain XML', 'libvirt'],
  guest: ['live'],
  host: ['secrets'],
  applies: (guest) =>
    hasXml(guest) && (guest.live?.devices.disks.some(({ encryption }) => encryption !== undefined) ?? false),
  check: ({ live }, host, { violated }) => {
    for (const { targetDev, encryption } of live?.devices.disks ?? []) {
      const secret = encryption?.secretUuid;
      if (secret === undefined || host.secrets.includes(secret)) continue;
      violated({
        point: `disk ${targetDev}`,
        expected: `secret ${secret}`,
        found: `${listed(host.secrets)} (libvirt)`,
      });
    }
  },
});

export const devices: readonly Invariant[] = [mdevs, vpmem, volumes, secrets];
