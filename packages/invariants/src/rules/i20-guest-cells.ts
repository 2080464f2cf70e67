import type { InstanceNumaTopology } from '@whitebox/db';
import { hasXml } from '../has-xml.js';
import { guestRule } from '../rule.js';
import { show } from '../said.js';
import { basePageKib } from '../base-page.js';

export const i20 = guestRule({
  id: 'I20',
  statement:
    'the guest cells of the XML have the vCPUs and the memory that the database says, shared where it is hugepages',
  source: 'nova/virt/libvirt/driver.py, _get_cpu_numa_config_from_instance (lp#1447079)',
  transience: 'stuck',
  confidence: 'certain',
  remedy: 'openstack server reboot --hard SERVER',
  reads: ['database', 'domain XML'],
  guest: ['extra', 'live'],
  applies: (guest) => hasXml(guest) && guest.extra?.numaTopology != null,
  check: ({ extra, live }, _, { violated }) => {
    const topology = extra?.numaTopology;
    if (topology == null || live === null) return;
    const cells = live.cpu?.numaCells ?? [];
    if (cells.length !== topology.cells.length)
      violated({
        point: 'guest cells',
        expected: String(topology.cells.length),
        found: String(cells.length),
      });
    for (const [index, { cpuset, pcpuset, memoryMiB }] of topology.cells.entries()) {
      const cell = cells.find(({ id }) => id === index);
      if (cell === undefined) continue;
      const wanted = `vCPUs ${show(cpuset.union(pcpuset))}, ${memoryMiB * 1024} KiB`;
      const found = `vCPUs ${show(cell.cpus)}, ${cell.memoryKib} KiB`;
      if (wanted !== found)
        violated({
          point: `guest cell ${index}`,
          expected: `${wanted} (database)`,
          found: `${found} (domain XML)`,
        });
      if (wantsHugepages(topology) && cell.memAccess !== 'shared')
        violated({
          point: `memAccess of guest cell ${index}`,
          expected: 'shared',
          found: cell.memAccess ?? 'unset',
        });
    }
  },
});

function wantsHugepages({ cells }: InstanceNumaTopology): boolean {
  return cells.some(({ pagesizeKiB }) => (pagesizeKiB ?? basePageKib) > basePageKib);
}
