import { CpuSet } from '@whitebox/core';
import { hasXml } from '../has-xml.js';
import { guestRule } from '../rule.js';
import { show } from '../said.js';
import { basePageKib } from '../base-page.js';

export const i23 = guestRule({
  id: 'I23',
  statement:
    'the memory of a guest lies, in the pages that it should have, on the host cells to which it is bound',
  source: 'libvirt src/qemu/qemu_command.c, qemuBuildMemoryBackendProps; Linux numa(7)',
  transience: 'stuck',
  confidence: 'likely',
  remedy: 'openstack server reboot --hard SERVER',
  reads: ['database', 'kernel'],
  guest: ['extra', 'live', 'memory'],
  applies: (guest) => hasXml(guest) && guest.extra?.numaTopology != null,
  check: ({ extra, live, memory }, _, { violated }) => {
    const topology = extra?.numaTopology;
    if (topology == null || live === null) return;
    if (memory === null || memory.length === 0) {
      violated({ point: 'memory', expected: 'some', found: 'none (kernel)' });
      return;
    }
    for (const { backend, mappings, pages: counts, pageSizeKib } of memory) {
      const index = /^ram-node(\d+)$/.exec(backend)?.[1];
      const cell = index === undefined ? undefined : topology.cells[Number(index)];
      if (cell === undefined) continue;
      // Backends of the same size cannot be told apart in the kernel, so any of their cells will do.
      const alike = topology.cells.filter(({ memoryMiB }) => memoryMiB === cell.memoryMiB);
      const allowed = CpuSet.from(alike.map(({ id }) => id));
      const elsewhere = [...counts].filter(([node, count]) => count > 0 && !allowed.has(node));
      for (const [node, count] of elsewhere)
        violated({
          point: `pages of guest cell ${index ?? ''}`,
          expected: `on host cell ${show(allowed)}`,
          found: `${count} on ${node} (kernel)`,
        });
      const unbound = mappings.find(
        ({ policy, policyNodes }) => policy !== 'bind' || policyNodes?.isSubsetOf(allowed) !== true,
      );
      if (unbound !== undefined)
        violated({
          point: `policy of guest cell ${index ?? ''}`,
          expected: `bind ${show(allowed)}`,
          found: `${unbound.policy} ${show(unbound.policyNodes)} (kernel)`,
        });
      const wanted = cell.pagesizeKiB ?? basePageKib;
      if (pageSizeKib !== undefined && wanted > basePageKib && pageSizeKib !== wanted)
        violated({
          point: `page size of guest cell ${index ?? ''}`,
          expected: `${wanted} KiB`,
          found: `${pageSizeKib} KiB (kernel)`,
        });
    }
  },
});
