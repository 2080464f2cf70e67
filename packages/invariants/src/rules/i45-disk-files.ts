import { hasXml } from '../has-xml.js';
import { guestRule } from '../rule.js';

export const i45 = guestRule({
  id: 'I45',
  statement: 'the files of the disks of a server are there and QEMU has them open',
  source: 'nova/virt/libvirt/driver.py, _cleanup_resize and delete_instance_files (lp#1550919, lp#2080436)',
  transience: 'transient',
  confidence: 'certain',
  remedy:
    'Copy the data out of the running guest first: what QEMU has open is lost at its next start; then openstack server rebuild SERVER',
  reads: ['domain XML', 'kernel'],
  guest: ['live', 'files'],
  applies: hasXml,
  check: ({ live, files }, _, { violated, unread }) => {
    if (live === null) return;
    if (files === null) {
      violated({ point: 'QEMU process', expected: 'one (libvirt)', found: 'none (kernel)' });
      return;
    }
    for (const { type, targetDev, source } of live.devices.disks) {
      const path = source?.path;
      if (path === undefined || !['file', 'block'].includes(type)) continue;
      const identity = files.named.get(path);
      if (identity === undefined) unread(`${path}, its disk ${targetDev}`);
      else if (identity === null)
        violated({
          point: `disk ${targetDev}`,
          expected: `${path} (domain XML)`,
          found: 'no such file (kernel)',
        });
      else if (!files.open.has(identity))
        violated({
          point: `disk ${targetDev}`,
          expected: `${path} open in QEMU`,
          found: 'another file of that name (kernel)',
        });
    }
  },
});
