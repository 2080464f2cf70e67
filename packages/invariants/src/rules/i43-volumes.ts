import { hasXml } from '../has-xml.js';
import { guestRule } from '../rule.js';
import { listed } from '../said.js';

export const i43 = guestRule({
  id: 'I43',
  statement:
    'the volumes of a server in the database are the disks of its XML, and Cinder has attached them to it',
  source: 'nova/virt/block_device.py; nova/compute/manager.py, attach_volume and detach_volume (lp#1889108)',
  transience: 'transient',
  confidence: 'certain',
  remedy:
    'openstack server volume list SERVER; nova-manage volume_attachment show SERVER VOLUME; nova-manage volume_attachment refresh SERVER VOLUME CONNECTOR',
  reads: ['database', 'domain XML', 'Cinder'],
  guest: ['blockDevices', 'live'],
  applies: hasXml,
  check: ({ blockDevices, live, attachments }, _, { violated, unread }) => {
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
    if (rows.length > 0 && attachments === undefined)
      unread('its attachments in Cinder, which only administrators see');
    for (const { volumeId, attachmentId, destinationType } of blockDevices) {
      if (destinationType !== 'volume' || volumeId === null) continue;
      const point = `volume ${volumeId}`;
      if (attachmentId === null) {
        violated({ point, expected: 'an attachment', found: 'none (block_device_mapping)' });
        continue;
      }
      if (attachments === undefined) continue;
      const known = attachments.find(({ id }) => id === attachmentId);
      if (known?.volumeId !== volumeId || known.status !== 'attached')
        violated({
          point,
          expected: `attachment ${attachmentId} (block_device_mapping), attached`,
          found: `${known === undefined ? 'none such' : `of volume ${known.volumeId}, ${known.status}`} (Cinder)`,
        });
    }
    for (const { id, volumeId, status } of attachments ?? [])
      if (!blockDevices.some(({ attachmentId }) => attachmentId === id))
        violated({
          point: `attachment ${id}`,
          expected: 'one that the server has (block_device_mapping)',
          found: `volume ${volumeId}, ${status} (Cinder)`,
        });
  },
});
