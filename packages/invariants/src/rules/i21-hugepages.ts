import type { Domain } from '@whitebox/libvirt-xml';
import { hasXml } from '../has-xml.js';
import { guestRule } from '../rule.js';
import { basePageKib } from '../base-page.js';

export const i21 = guestRule({
  id: 'I21',
  statement: 'each guest cell has pages of the size that the database says',
  source: 'nova/virt/libvirt/driver.py, _get_memory_backing_hugepages_support',
  transience: 'stuck',
  confidence: 'certain',
  remedy: 'openstack server reboot --hard SERVER',
  reads: ['database', 'domain XML'],
  guest: ['extra', 'live'],
  applies: hasXml,
  check: ({ extra, live }, _, { violated }) => {
    if (live === null) return;
    const cells = extra?.numaTopology?.cells ?? [];
    if (cells.length === 0 && live.memoryBacking.hugepages !== undefined)
      violated({ point: 'hugepages', expected: 'none without NUMA', found: 'some (domain XML)' });
    for (const [index, { pagesizeKiB }] of cells.entries()) {
      const found = hugepageSize(live, index) ?? basePageKib;
      if (found === (pagesizeKiB ?? basePageKib)) continue;
      violated({
        point: `pages of guest cell ${index}`,
        expected: `${pagesizeKiB ?? basePageKib} KiB (database)`,
        found: `${found} KiB (domain XML)`,
      });
    }
  },
});

function hugepageSize(domain: Domain, cell: number): number | undefined {
  const pages = domain.memoryBacking.hugepages;
  return (
    pages?.find(({ nodeset }) => nodeset?.has(cell) === true) ??
    pages?.find(({ nodeset }) => nodeset === undefined)
  )?.sizeKib;
}
