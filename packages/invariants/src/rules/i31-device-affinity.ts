import { CpuSet } from '@whitebox/core';
import { guestRule } from '../rule.js';

export const i31 = guestRule({
  id: 'I31',
  statement: 'a device that must be near the guest is of one of its host cells',
  source: 'nova/pci/stats.py, _filter_pools_for_numa_cells (lp#1893221)',
  transience: 'stuck',
  confidence: 'certain',
  remedy: 'openstack server migrate SERVER',
  reads: ['database'],
  guest: ['extra'],
  host: ['pciDevices'],
  applies: ({ extra }) =>
    extra?.numaTopology != null && extra.pciRequests.some(({ numaPolicy }) => numaPolicy === 'required'),
  check: ({ uuid, extra }, { pciDevices }, { violated }) => {
    const cells = CpuSet.from(extra?.numaTopology?.cells.map(({ id }) => id) ?? []);
    for (const { requestId, numaPolicy } of extra?.pciRequests ?? []) {
      if (numaPolicy !== 'required') continue;
      for (const { address, numaNode, ...device } of pciDevices) {
        if (device.instanceUuid !== uuid || device.requestId !== requestId) continue;
        if (numaNode !== null && !cells.has(numaNode))
          violated({
            point: `device ${address}`,
            expected: `on a cell of ${cells.toString()}`,
            found: `on ${numaNode}`,
          });
      }
    }
  },
});
