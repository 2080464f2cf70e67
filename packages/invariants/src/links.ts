const nova = 'https://opendev.org/openstack/nova/src/branch/master/';
const libvirt = 'https://gitlab.com/libvirt/libvirt/-/blob/master/';

/** Addresses of the files and bugs that words name: "nova/pci/stats.py (lp#1893221)", "libvirt src/qemu/qemu_process.c". */
export function linksOf(...texts: readonly string[]): readonly string[] {
  const text = texts.join(' ');
  const found = [
    ...[...text.matchAll(/\bnova\/[\w/]+\.py\b/g)].map(([file]) => nova + file),
    ...[...text.matchAll(/\blibvirt (src\/[\w/]+\.c)\b/g)].map(([, file = '']) => libvirt + file),
    ...[...text.matchAll(/\blp#(\d+)/g)].map(([, bug = '']) => `https://bugs.launchpad.net/nova/+bug/${bug}`),
  ];
  return [...new Set(found)];
}
