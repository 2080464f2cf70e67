import { hostRule } from '../rule.js';
import { sum } from '../said.js';
import type { HostSnapshot } from '../snapshot.js';

export const i33 = hostRule({
  id: 'I33',
  statement:
    'a resource provider of a PCI device has as much as the database has devices, and gives them to the same servers',
  source: 'nova/compute/pci_placement_translator.py (lp#2115905)',
  transience: 'transient',
  confidence: 'certain',
  remedy: 'nova-manage placement audit --resource_provider PROVIDER; restart nova-compute of the host',
  reads: ['Placement', 'database'],
  host: ['providers', 'pciDevices'],
  applies: ({ providers }) => devicesOf(providers).length > 0,
  check: ({ providers, pciDevices }, { violated }) => {
    for (const { id, name, inventories, allocations } of devicesOf(providers)) {
      const rows = pciDevices.filter(
        ({ extraInfo, status }) => extraInfo['rp_uuid'] === id && !['removed', 'deleted'].includes(status),
      );
      const total = sum(Object.values(inventories).map((inventory) => inventory.total));
      if (total !== rows.length)
        violated({
          point: `inventory of ${name}`,
          expected: `${rows.length} (pci_devices)`,
          found: `${total} (Placement)`,
        });
      for (const [consumer, resources] of Object.entries(allocations)) {
        const amount = sum(Object.values(resources));
        const theirs = rows.filter(({ instanceUuid }) => instanceUuid === consumer).length;
        if (amount !== theirs)
          violated({
            point: `${name} of ${consumer}`,
            expected: `${theirs} (pci_devices)`,
            found: `${amount} (Placement)`,
          });
      }
    }
  },
});

function devicesOf(
  providers: NonNullable<HostSnapshot['providers']>,
): NonNullable<HostSnapshot['providers']> {
  return providers.filter(({ traits }) => traits.includes('COMPUTE_MANAGED_PCI_DEVICE'));
}
