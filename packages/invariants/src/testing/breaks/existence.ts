import { CpuSet } from '@whitebox/core';
import { firstOf, of, everyInstance } from '../change-snapshot.js';
import { emptyHost } from '../good-snapshot.js';
import type { BadSnapshot } from './bad-snapshot.js';

export const existence: readonly BadSnapshot[] = [
  [
    'I1',
    'no domain',
    (s) => (of.host(s).domains = of.host(s).domains.slice(1)),
    /domain: expected one, found 0/,
  ],
  [
    'I1',
    'a copy on another host that runs',
    (s) => {
      s.hosts.push({ ...emptyHost('compute2'), domains: [firstOf(of.host(s).domains)] });
      // On that host it is an orphan as well.
      s.hosts[1] = { ...firstOf(s.hosts.slice(1)), instances: [of.instance(of.pinned(s))], extras: [] };
    },
    /domain on compute2: expected none, found running/,
  ],
  [
    'I1',
    'a paused domain',
    (s) => (firstOf(of.host(s).domains).state = 'paused'),
    /state of the domain: expected running/,
  ],
  [
    'I2',
    'an orphan',
    (s) => of.host(s).domains.push({ uuid: 'dead', name: 'orphan', state: 'shut off' }),
    /domain orphan \(dead\): expected a server on compute1, found none/,
  ],
  [
    'I3',
    'another node',
    (s) => {
      everyInstance(s, of.pinned(s), (row) => (row.node = 'compute9'));
    },
    /node: expected compute1, found compute9/,
  ],
  [
    'I4',
    'no mapping',
    (s) => (of.pinned(s).mappedCell = null),
    /instance mapping: expected cccc.*, found none/,
  ],
  [
    'I5',
    'inactive XML with another pin',
    (s) => of.pinned(s).inactive?.cpuTune.vcpuPins.set(0, CpuSet.of(6)),
    /vcpupin 0: expected 2 in the inactive XML too, found 6/,
  ],
];
