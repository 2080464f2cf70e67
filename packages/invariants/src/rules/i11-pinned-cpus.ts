import { CpuSet } from '@whitebox/core';
import { hostRule } from '../rule.js';
import { show, union } from '../said.js';
import { accounted, held, type Usage } from '../topology.js';

export const i11 = hostRule({
  id: 'I11',
  statement: 'a compute node accounts for exactly the CPUs that its guests have for themselves',
  source: 'nova/virt/hardware.py, numa_usage_from_instance_numa; nova/compute/resource_tracker.py',
  transience: 'transient',
  confidence: 'certain',
  remedy: 'Wait for one run of update_available_resource; if it stays, restart nova-compute of the host',
  reads: ['database'],
  host: ['computeNode', 'instances', 'extras'],
  migrations: true,
  check: (host, { snapshot, violated }) => {
    const { surely, maybe } = accounted(host, snapshot.migrations ?? []);
    for (const { id, pinnedCpus, siblings } of host.computeNode?.numaTopology?.cells ?? []) {
      const cpusOf = (usages: readonly Usage[]): CpuSet =>
        union(
          usages.flatMap(({ topology }) =>
            topology.cells.flatMap(({ id: cell, cpuPinning, cpusetReserved, cpuThreadPolicy }) => {
              if (cell !== id) return [];
              const own = CpuSet.from(cpuPinning.values()).union(cpusetReserved);
              if (cpuThreadPolicy !== 'isolate') return [own];
              return [own.union(union(siblings.filter((core) => !core.isDisjointFrom(own))))];
            }),
          ),
        );
      const [least, most] = [cpusOf(surely), cpusOf([...surely, ...maybe])];
      if (least.isSubsetOf(pinnedCpus) && pinnedCpus.isSubsetOf(most)) continue;
      const expected = least.equals(most) ? show(least) : `${show(least)} to ${show(most)}`;
      violated({
        point: `pinned_cpus of cell ${id}`,
        expected: `${expected} (servers and migrations of the host)`,
        found: `${show(pinnedCpus)} (compute_nodes)`,
        layers: [
          ...[...surely, ...maybe].map(({ uuid, topology }) => ({
            layer: `instance_extra of ${uuid}`,
            says: show(held(topology)),
          })),
          { layer: 'compute_nodes', says: show(pinnedCpus) },
        ],
      });
    }
  },
});
