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
    const usages = accounted(host, snapshot.migrations ?? []);
    if (usages === undefined) return;
    for (const cell of host.computeNode?.numaTopology?.cells ?? []) {
      const mine = usages.flatMap(({ topology }) => topology.cells.filter(({ id }) => id === cell.id));
      const smallest = Math.min(...cell.pages.map(({ sizeKiB }) => sizeKiB));
      const compare = (point: string, expected: number, found: number): void => {
        if (expected === found) return;
        violated({
          point: `${point} of cell ${cell.id}`,
          expected: `${expected} (servers and migrations of the host)`,
          found: `${found} (compute_nodes)`,
        });
      };
      compare('memory_usage', sum(mine.map(({ memoryMiB }) => memoryMiB)), cell.memoryUsageMiB);
      compare('cpu_usage', sum(mine.map(({ cpuset }) => cpuset.size)), cell.cpuUsage);
      for (const { sizeKiB, total, used, reserved } of cell.pages) {
        const theirs = mine.filter(({ pagesizeKiB }) => (pagesizeKiB ?? smallest) === sizeKiB);
        compare(
          `pages of ${sizeKiB} KiB`,
          sum(theirs.map(({ memoryMiB }) => (memoryMiB * 1024) / sizeKiB)),
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
