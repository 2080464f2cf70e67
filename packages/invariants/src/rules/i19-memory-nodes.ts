import { CpuSet } from '@whitebox/core';
import { hasXml } from '../has-xml.js';
import { guestRule } from '../rule.js';
import { same, show } from '../said.js';

export const i19 = guestRule({
  id: 'I19',
  statement: 'the memory of each guest cell is bound to the host cell that the database says',
  source: 'nova/virt/libvirt/driver.py, _get_guest_numa_config',
  transience: 'stuck',
  confidence: 'certain',
  remedy: 'openstack server reboot --hard SERVER',
  reads: ['database', 'domain XML'],
  guest: ['extra', 'live'],
  applies: hasXml,
  check: ({ extra, live }, _, { violated }) => {
    if (live === null) return;
    const cells = extra?.numaTopology?.cells ?? [];
    const found = live.numaTune?.memNodes ?? new Map<number, { nodeset: CpuSet | undefined }>();
    const both = new Set([...cells.keys(), ...found.keys()]);
    for (const index of both) {
      const cell = cells[index];
      const wanted = cell === undefined ? undefined : CpuSet.of(cell.id);
      const nodeset = found.get(index)?.nodeset;
      if (same(wanted, nodeset)) continue;
      violated({
        point: `memnode ${index}`,
        expected: `${show(wanted)} (database)`,
        found: `${show(nodeset)} (domain XML)`,
      });
    }
    const whole = cells.length === 0 ? undefined : CpuSet.from(cells.map(({ id }) => id));
    if (!same(whole, live.numaTune?.memory?.nodeset))
      violated({
        point: 'numatune memory',
        expected: `${show(whole)} (database)`,
        found: `${show(live.numaTune?.memory?.nodeset)} (domain XML)`,
      });
  },
});
