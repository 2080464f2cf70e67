import type { InstanceNumaCell } from '@whitebox/db';
import { hostRule } from '../rule.js';
import { sum } from '../said.js';
import { accounted } from '../topology.js';

export const i22 = hostRule({
  id: 'I22',
  statement:
    'a compute node accounts for the memory, the pages and the floating vCPUs of its guests, cell by cell',
  source: 'nova/virt/hardware.py, numa_usage_from_instance_numa and _numa_pagesize_usage_from_cell',
  transience: 'transient',
  confidence: 'certain',
  remedy: 'Wait for one run of update_available_resource; if it stays, restart nova-compute of the host',
  reads: ['database'],
  host: ['computeNode', 'instances', 'extras'],
  migrations: true,
  check: (host, { snapshot, violated }) => {
    const { surely, maybe } = accounted(host, snapshot.migrations ?? []);
    for (const cell of host.computeNode?.numaTopology?.cells ?? []) {
      const [sure, open] = [surely, maybe].map((usages) =>
        usages.flatMap(({ topology }) => topology.cells.filter(({ id }) => id === cell.id)),
      );
      const smallest = Math.min(...cell.pages.map(({ sizeKiB }) => sizeKiB));
      const compare = (point: string, amount: (guest: InstanceNumaCell) => number, found: number): void => {
        const least = sum((sure ?? []).map(amount));
        const most = least + sum((open ?? []).map(amount));
        if (found >= least && found <= most) return;
        violated({
          point: `${point} of cell ${cell.id}`,
          expected: `${least === most ? least : `${least} to ${most}`} (servers and migrations of the host)`,
          found: `${found} (compute_nodes)`,
        });
      };
      compare('memory_usage', ({ memoryMiB }) => memoryMiB, cell.memoryUsageMiB);
      compare('cpu_usage', ({ cpuset }) => cpuset.size, cell.cpuUsage);
      for (const { sizeKiB, total, used, reserved } of cell.pages) {
        compare(
          `pages of ${sizeKiB} KiB`,
          ({ pagesizeKiB, memoryMiB }) =>
            (pagesizeKiB ?? smallest) === sizeKiB ? (memoryMiB * 1024) / sizeKiB : 0,
          used,
        );
        if (sizeKiB !== smallest && used + reserved > total)
          violated({
            point: `pages of ${sizeKiB} KiB of cell ${cell.id} in all`,
            expected: `at most ${total}`,
            found: `${used} used, ${reserved} reserved`,
          });
      }
    }
  },
});
