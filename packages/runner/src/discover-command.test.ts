import type { KnownOption } from '@whitebox/testkit';
import { describe, expect, it } from 'vitest';
import { discoveryText } from './discover-command.js';

const option = (facts: Partial<KnownOption>): KnownOption => ({
  group: 'whitebox',
  key: 'cpu_model',
  value: undefined,
  kind: 'unset',
  origin: 'not set',
  note: undefined,
  ...facts,
});

describe('whitebox discover', () => {
  it('prints a tempest.conf that says where each value is from, and the differences once more', () => {
    const text = discoveryText(
      [
        option({ note: 'the computes differ: a: 1; b: 2' }),
        option({ key: 'containers', kind: 'found', value: false, origin: 'found from the containers' }),
        option({
          group: 'whitebox-hardware',
          key: 'cpu_topology',
          kind: 'said',
          value: new Map([['0', [0, 1]]]),
          origin: 't.conf:4',
          note: 'found is 0: [0]',
        }),
      ],
      ['nodes.yaml:1 is odd'],
      [
        {
          host: 'compute-0',
          flavour: 'tripleo',
          title: 'TripleO',
          evidence: ['unit tripleo_x.service'],
          services: [
            {
              name: 'nova-compute',
              runs: 'podman container c',
              files: ['/n.conf'],
              sources: ['/n is /s'],
              logs: ['/l'],
            },
            { name: 'libvirt', runs: 'unit libvirtd.service', files: [], sources: [], logs: [] },
          ],
          virsh: 'podman exec v virsh',
          database: 'there',
        },
      ],
    );
    expect(text).toBe(`[whitebox]
# not set; the computes differ: a: 1; b: 2
# cpu_model =
# found from the containers
containers = false

[whitebox-hardware]
# t.conf:4; BUT found is 0: [0]
cpu_topology = 0: [0,1]

# compute-0: TripleO (unit tripleo_x.service)
#   nova-compute: podman container c; reads /n.conf; where /n is /s; logs journal, /l
#   libvirt: unit libvirtd.service; logs journal
#   virsh: podman exec v virsh
#   databases: there
#
# 1 said, 1 found, 0 by default, 1 not set
# Differs: [whitebox-hardware] cpu_topology is 0: [0,1] (t.conf:4), but found is 0: [0]
# Warning: nodes.yaml:1 is odd
`);
  });
});
