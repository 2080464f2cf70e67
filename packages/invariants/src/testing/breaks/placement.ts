import { everyInstance, firstOf, of, fail, migration } from '../change-snapshot.js';
import type { BadSnapshot } from './bad-snapshot.js';

export const placement: readonly BadSnapshot[] = [
  [
    'I36',
    'too little allocated',
    (s) => (firstOf(of.pinned(s).allocations).resources['PCPU'] = 1),
    /PCPU: expected 2 \(flavor\), found 1 \(Placement\)/,
  ],
  [
    'I37',
    'an allocation of nobody',
    (s) => (of.root(s).allocations['gone'] = { VCPU: 1 }),
    /consumer gone of compute1: expected a server on compute1, or a migration, found neither, with VCPU 1/,
  ],
  [
    'I38',
    'an inventory that is too large',
    (s) => (of.root(s).inventories['PCPU'] = { total: 5, reserved: 0, allocationRatio: 1 }),
    /inventory of PCPU: expected 4 \(CPUs 2-3,6-7\), found 5/,
  ],
  [
    'I40',
    'a request for another flavor',
    (s) => ((of.pinned(s).requestSpec ?? fail()).flavor.flavorId = 'another'),
    /flavor: expected flavor2 \(instance_extra\), found another \(request_specs\)/,
  ],
  [
    'I41',
    'an old object with dedicated vCPUs',
    (s) => (firstOf(of.pinned(s).requestSpec?.numaTopology?.cells ?? []).version = '1.4'),
    /cell 0 of request_specs: expected version 1.5 or newer.*, found 1.4/,
  ],
  [
    'I42',
    'a finished migration of a server that is active',
    (s) => s.migrations.push(migration({ status: 'finished', inProgress: true, type: 'resize' })),
    /migration 5 of 1111.*: expected vm_state resized.*, found active/,
  ],
  [
    'I42',
    'a server that has been rebooting since yesterday',
    (s) => {
      everyInstance(s, of.pinned(s), (row) => {
        row.taskState = 'rebooting';
        row.updatedAt = new Date('2026-11-22T02:00:00Z');
      });
    },
    /task of vm1 \(1111.*\): expected over within 12 hours, found rebooting since 24 hours/,
  ],
];
