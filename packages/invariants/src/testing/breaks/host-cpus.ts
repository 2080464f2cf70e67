import { CpuSet } from '@whitebox/core';
import { firstOf, of, fail, rivalExtra, requirePolicy } from '../change-snapshot.js';
import type { BadSnapshot } from './bad-snapshot.js';

export const hostCpus: readonly BadSnapshot[] = [
  [
    'I10',
    'two guests with one CPU, all else in order',
    (s) => {
      const extra = rivalExtra();
      of.host(s).instances.push({
        ...of.instance(of.pinned(s)),
        uuid: 'other',
        vmState: 'stopped',
        powerState: 'shutdown',
      });
      of.host(s).extras.push({ ...extra, instanceUuid: 'other' });
      const cell = of.nodeCell(s);
      cell.memoryUsageMiB = 256;
      firstOf(cell.pages.slice(1)).used = 128;
      of.root(s).allocations['other'] = { PCPU: 1 };
    },
    /CPU 2: expected one guest, found 1111.* \(database, domain XML\), other \(database\)/,
  ],
  [
    'I11',
    'forgotten pins',
    (s) => (of.nodeCell(s).pinnedCpus = CpuSet.empty),
    /pinned_cpus of cell 0: expected 2-3 .*, found none/,
  ],
  [
    'I12',
    'require without siblings',
    (s) => {
      requirePolicy(s);
      for (const id of [2, 3]) (of.host(s).cpus.cpus.get(id) ?? fail()).siblings = CpuSet.of(id);
      of.nodeCell(s).siblings = [CpuSet.of(0, 1)];
    },
    /\(require\): expected thread siblings, found 2-3/,
  ],
  [
    'I17',
    'idle CPUs online',
    (s) => (of.host(s).config.cpuPowerManagement = true),
    /idle dedicated CPUs: expected offline, found 6-7 online/,
  ],
  [
    'I18',
    'overlapping sets',
    (s) => {
      of.host(s).config.dedicatedSet = CpuSet.of(1, 2, 3, 6, 7);
      of.nodeCell(s).pcpuset = CpuSet.of(1, 2, 3);
      of.root(s).inventories['PCPU'] = { total: 5, reserved: 0, allocationRatio: 1 };
    },
    /both sets: expected no CPU in common, found 1/,
  ],
];
