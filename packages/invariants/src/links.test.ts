import { expect, it } from 'vitest';
import { linksOf } from './links.js';

it('links the files of Nova and libvirt and the bugs that a source names, each once', () => {
  expect(
    linksOf('nova/pci/stats.py and manager.py (lp#1893221); libvirt src/qemu/qemu_process.c', 'lp#1893221'),
  ).toEqual([
    'https://opendev.org/openstack/nova/src/branch/master/nova/pci/stats.py',
    'https://gitlab.com/libvirt/libvirt/-/blob/master/src/qemu/qemu_process.c',
    'https://bugs.launchpad.net/nova/+bug/1893221',
  ]);
  expect(linksOf('nothing of the kind')).toEqual([]);
});
