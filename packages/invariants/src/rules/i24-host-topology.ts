import { CpuSet } from '@whitebox/core';
import type { HostNumaCell } from '@whitebox/db';
import { hostRule } from '../rule.js';
import { show } from '../said.js';

export const i24 = hostRule({
  id: 'I24',
  statement:
    'a compute node has the cells, CPUs, thread siblings and hugepages that the kernel of the host has',
  source: 'nova/virt/libvirt/driver.py, _get_host_numa_topology (lp#2077228, lp#1995153)',
  transience: 'transient',
  confidence: 'certain',
  remedy: 'Restart nova-compute of the host, which reads its capabilities anew',
  reads: ['database', 'kernel', 'configuration'],
  host: ['computeNode', 'cpus', 'numaCells', 'config'],
  applies: ({ computeNode }) => computeNode?.numaTopology != null,
  check: ({ computeNode, cpus, numaCells, config }, { violated }) => {
    const cells = computeNode?.numaTopology?.cells ?? [];
    const [ids, nodes] = [CpuSet.from(cells.map(({ id }) => id)), CpuSet.from(numaCells.map(({ id }) => id))];
    if (!ids.equals(nodes))
      violated({
        point: 'cells',
        expected: `${show(nodes)} (kernel)`,
        found: `${show(ids)} (compute_nodes)`,
      });
    for (const cell of cells) {
      const node = numaCells.find(({ id }) => id === cell.id);
      if (node === undefined) continue;
      const [shared, dedicated] = [config.sharedSet, config.dedicatedSet];
      const configured =
        shared === undefined && dedicated === undefined
          ? undefined
          : (shared ?? CpuSet.empty).union(dedicated ?? CpuSet.empty);
      const expected = configured === undefined ? node.cpus : configured.intersection(node.cpus);
      const found = cell.cpuset.union(cell.pcpuset);
      // The kernel leaves those out of its nodes that are offline.
      const compared = config.cpuPowerManagement ? found.intersection(cpus.online) : found;
      if (!compared.equals(expected))
        violated({
          point: `CPUs of cell ${cell.id}`,
          expected: `${show(expected)} (kernel and configuration)`,
          found: `${show(compared)} (compute_nodes)`,
        });
      const sockets = new Set([...node.cpus].map((cpu) => cpus.cpus.get(cpu)?.socket));
      const [socket] = sockets;
      if (sockets.size === 1 && !config.cpuPowerManagement && cell.socket !== (socket ?? null))
        violated({
          point: `socket of cell ${cell.id}`,
          expected: `${socket ?? 'none'} (kernel)`,
          found: `${cell.socket ?? 'null'} (compute_nodes)`,
        });
      if (!config.cpuPowerManagement) checkSiblings(cell, cpus.cpus, violated);
      for (const { sizeKiB, total } of cell.pages) {
        const pool = node.hugepages.get(sizeKiB);
        if (pool !== undefined && pool.total !== total)
          violated({
            point: `pages of ${sizeKiB} KiB of cell ${cell.id}`,
            expected: `${pool.total} (kernel)`,
            found: `${total} (compute_nodes)`,
          });
      }
    }
  },
});

function checkSiblings(
  { id, siblings, cpuset, pcpuset }: HostNumaCell,
  cpus: ReadonlyMap<number, { readonly siblings: CpuSet }>,
  violated: (found: { point: string; expected: string; found: string }) => void,
): void {
  const mine = cpuset.union(pcpuset);
  for (const core of siblings) {
    const [first] = core;
    const really = first === undefined ? undefined : cpus.get(first)?.siblings.intersection(mine);
    if (really === undefined || really.equals(core.intersection(mine))) continue;
    violated({
      point: `siblings of CPU ${first ?? ''} in cell ${id}`,
      expected: `${show(really)} (kernel)`,
      found: `${show(core)} (compute_nodes)`,
    });
  }
}
