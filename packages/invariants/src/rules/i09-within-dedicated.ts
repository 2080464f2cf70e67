import { CpuSet } from '@whitebox/core';
import { guestRule } from '../rule.js';
import { show } from '../said.js';
import { held } from '../topology.js';

export const i09 = guestRule({
  id: 'I9',
  statement: 'the CPUs that a guest has for itself are dedicated ones of its host cell',
  source: 'nova/virt/hardware.py, _numa_fit_instance_cell_with_pinning',
  transience: 'stuck',
  confidence: 'certain',
  remedy: 'openstack server migrate SERVER, or put cpu_dedicated_set back as it was',
  reads: ['database', 'configuration'],
  guest: ['extra'],
  host: ['computeNode', 'config'],
  applies: ({ extra }) => extra?.numaTopology != null && !held(extra.numaTopology).isEmpty,
  check: ({ extra }, { computeNode, config, name }, { violated }) => {
    for (const { id, cpuPinning, cpusetReserved } of extra?.numaTopology?.cells ?? []) {
      const mine = CpuSet.from(cpuPinning.values()).union(cpusetReserved);
      if (mine.isEmpty) continue;
      const cell = computeNode?.numaTopology?.cells.find((each) => each.id === id);
      if (cell === undefined) {
        violated({ point: `host cell ${id}`, expected: `a cell of ${name}`, found: 'no such cell' });
        continue;
      }
      if (!mine.isSubsetOf(cell.pcpuset)) {
        violated({
          point: `CPUs of host cell ${id}`,
          expected: `within ${show(cell.pcpuset)} (compute_nodes)`,
          found: `${show(mine)} (instance_extra)`,
        });
      }
      if (config.dedicatedSet !== undefined && !mine.isSubsetOf(config.dedicatedSet)) {
        violated({
          point: `CPUs of host cell ${id} in cpu_dedicated_set`,
          expected: `within ${show(config.dedicatedSet)} (cpu_dedicated_set of ${name})`,
          found: `${show(mine)} (instance_extra)`,
        });
      }
    }
  },
});
