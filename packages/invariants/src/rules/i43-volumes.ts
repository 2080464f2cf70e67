import { hasXml } from '../has-xml.js';
import { guestRule } from '../rule.js';
import { listed } from '../said.js';

export const i43 = guestRule({
  id: 'I43',
  statement: 'the volumes of a server in the database are the disks of its XML',
  source: 'nova/virt/block_device.py; nova/compute/manager.py, attach_volume and detach_volume (lp#1889108)',
  transience: 'transient',
  confidence: 'certain',
  remedy:
    'openstack server volume list SERVER; nova-manage volume_attachment show SERVER VOLUME; nova-manage volume_attachment refresh SERVER VOLUME CONNECTOR',
  reads: ['database', 'domain XML'],
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
