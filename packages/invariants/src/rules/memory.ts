import { CpuSet } from '@whitebox/core';
import type { InstanceNumaTopology } from '@whitebox/db';
import type { Domain } from '@whitebox/libvirt-xml';
import { hasXml } from '../has-xml.js';
import type { Invariant } from '../invariant.js';
import { guestRule } from '../rule.js';
import { same, show } from '../said.js';

const driver = 'nova/virt/libvirt/driver.py';
/** x86-64 and most of the others. */
const basePageKib = 4;

function hugepageSize(domain: Domain, cell: number): number | undefined {
  const pages = domain.memoryBacking.hugepages;
  return (
    pages?.find(({ nodeset }) => nodeset?.has(cell) === true) ??
    pages?.find(({ nodeset }) => nodeset === undefined)
  )?.sizeKib;
}

function wantsHugepages({ cells }: InstanceNumaTopology): boolean {
  return cells.some(({ pagesizeKiB }) => (pagesizeKiB ?? basePageKib) > basePageKib);
}

const nodes: Invariant = guestRule({
  id: 'I19',
  statement: 'the memory of each guest cell is bound to the host cell that the database says',
  source: `${driver}, _get_guest_numa_config`,
  layers: ['database', 'domain XML'],
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

const guestCells: Invariant = guestRule({
  id: 'I20',
  statement:
    'the guest cells of the XML have the vCPUs and the memory that the database says, shared where it is hugepages',
  source: `${driver}, _get_cpu_numa_config_from_instance (lp#1447079)`,
  layers: ['database', 'domain XML'],
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

const hugepages: Invariant = guestRule({
  id: 'I21',
  statement: 'each guest cell has pages of the size that the database says',
  source: `${driver}, _get_memory_backing_hugepages_support`,
  layers: ['database', 'domain XML'],
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

const pages: Invariant = guestRule({
  id: 'I23',
  statement:
    'the memory of a guest lies, in the pages that it should have, on the host cells to which it is bound',
  source: 'libvirt src/qemu/qemu_command.c, qemuBuildMemoryBackendProps; Linux numa(7)',
  layers: ['database', 'kernel'],
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

export const memory: readonly Invariant[] = [nodes, guestCells, hugepages, pages];
