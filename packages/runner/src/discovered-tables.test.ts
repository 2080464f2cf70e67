import { describe, expect, it } from 'vitest';
import { cloudText } from './discovered-tables.js';
import { writtenText } from './written-options.js';

describe('cloudText', () => {
  it('shows the cloud and the cells of each compute', () => {
    const same = { file: '2-3', inForce: '2-3', note: undefined };
    const text = cloudText(
      { keystone: 'http://k', release: 'zed', database: 'nova at db', cells: ['cell0: a', 'cell1: b'] },
      [
        {
          name: 'compute1',
          address: '192.0.2.1',
          cells: [
            {
              id: 0,
              cpus: '0-3',
              cores: 2,
              threads: 4,
              memoryMib: 900,
              hugepages: [
                { sizeKib: 1_048_576, total: 2, free: 1 },
                { sizeKib: 2048, total: 9, free: 9 },
              ],
            },
            { id: 1, cpus: '', cores: 0, threads: 0, memoryMib: 100, hugepages: [] },
          ],
          threadsPerCore: 2,
          offline: '7',
          isolated: '',
          dedicated: { file: '2-4', inForce: '2-3', note: 'of 2-4 ...' },
          shared: same,
          configFiles: ['/etc/nova/nova.conf'],
          pci: [],
          mdevTypes: ['nvidia-1'],
        },
      ],
    );
    expect(text).toBe(`Keystone  http://k
Nova      zed
database  nova at db
cells     cell0: a
          cell1: b

compute1 (192.0.2.1)
  NUMA cell  CPUs  cores  threads  memory   pages of 2 MiB  pages of 1 GiB
  0          0-3   2      4        900 MiB  9 free of 9     1 free of 2
  1          none  0      0        100 MiB  -               -
  SMT                2 threads a core
  offline            CPUs 7
  cpu_dedicated_set  2-4 in the files, 2-3 in force: of 2-4 ...
  cpu_shared_set     2-3
  configuration      /etc/nova/nova.conf
  PCI devices        none for guests
  mediated devices   nvidia-1`);
  });
});

describe('writtenText', () => {
  it('shows what differs, and counts the rest', () => {
    const text = writtenText('t.conf', [
      { name: '[a] x', outcome: 'added', value: '1', origin: 'o' },
      { name: '[a] y', outcome: 'conflict', value: '1', before: '2', origin: 'found from z' },
      { name: '[a] p', outcome: 'withheld', value: undefined, origin: 'o' },
    ]);
    expect(text).toBe(`t.conf: 1 added, 0 as they were, 0 replaced, 1 kept although they differ
Kept as the file says; --replace takes what was found (option, file, found, evidence):
  [a] y  2  1  found from z
Not written, a comment says why: [a] p
`);
  });
});
