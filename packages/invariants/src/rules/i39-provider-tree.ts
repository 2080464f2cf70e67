import { hostRule } from '../rule.js';
import { rootOf } from '../placement-tree.js';

export const i39 = hostRule({
  id: 'I39',
  statement: 'the root resource provider of a host is its compute node, by uuid and by name',
  source: 'nova/scheduler/client/report.py, get_provider_tree_and_ensure_root (lp#1829479)',
  transience: 'stuck',
  confidence: 'certain',
  remedy: 'openstack resource provider list --name HOST; restart nova-compute of the host',
  reads: ['Placement', 'database'],
  host: ['providers', 'computeNode'],
  check: ({ providers, computeNode }, { violated }) => {
    const root = rootOf({ providers });
    const found = root === undefined ? 'none' : `${root.id} ${root.name}`;
    const expected =
      computeNode === null ? 'none' : `${computeNode.uuid ?? ''} ${computeNode.hypervisorHostname ?? ''}`;
    if (found !== expected)
      violated({
        point: 'root resource provider',
        expected: `${expected} (compute_nodes)`,
        found: `${found} (Placement)`,
      });
  },
});
