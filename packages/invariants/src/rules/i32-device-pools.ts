import { hostRule } from '../rule.js';

export const i32 = hostRule({
  id: 'I32',
  statement: 'the pools of a compute node count its devices that are available',
  source: 'nova/pci/stats.py (lp#1892361)',
  transience: 'transient',
  confidence: 'certain',
  remedy: 'Wait for one run of update_available_resource; if it stays, restart nova-compute of the host',
  reads: ['database'],
  host: ['computeNode', 'pciDevices'],
  check: ({ computeNode, pciDevices }, { violated }) => {
    const counts = new Map<string, [number, number]>();
    const key = (vendor: string, product: string, node: number | null, type: string): string =>
      `${vendor}:${product} ${type} on cell ${node ?? 'none'}`;
    const add = (name: string, pool: number, rows: number): void => {
      const [one, other] = counts.get(name) ?? [0, 0];
      counts.set(name, [one + pool, other + rows]);
    };
    for (const { vendorId, productId, numaNode, count, tags } of computeNode?.pciPools ?? [])
      add(key(vendorId, productId, numaNode, tags['dev_type'] ?? ''), count, 0);
    for (const { vendorId, productId, numaNode, type, status } of pciDevices)
      add(key(vendorId, productId, numaNode, type), 0, status === 'available' ? 1 : 0);
    for (const [point, [pool, rows]] of counts)
      if (pool !== rows)
        violated({ point, expected: `${rows} available (pci_devices)`, found: `${pool} (pci_stats)` });
  },
});
