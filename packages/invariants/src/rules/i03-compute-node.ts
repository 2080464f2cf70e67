import { guestRule } from '../rule.js';
import { isOnHost } from '../instances.js';

export const i03 = guestRule({
  id: 'I3',
  statement:
    'the node of a server is the live compute node of its host, and that is the root resource provider',
  source: 'nova/compute/resource_tracker.py, _set_instance_host_and_node; nova/virt/node.py',
  transience: 'stuck',
  confidence: 'certain',
  remedy:
    'openstack compute service list; nova-manage cell_v2 list_hosts; put the compute_id file of the host back and restart nova-compute',
  reads: ['database', 'Placement'],
  guest: [],
  host: ['computeNode', 'providers'],
  check: ({ instance }, { name, computeNode, providers }, { violated }) => {
    if (!isOnHost(instance)) return;
    if (computeNode === null) {
      violated({ point: 'compute node', expected: `a live row for ${name}`, found: 'none' });
      return;
    }
    if (instance.node !== computeNode.hypervisorHostname) {
      violated({
        point: 'node',
        expected: computeNode.hypervisorHostname ?? '',
        found: instance.node ?? 'NULL',
        layers: [
          { layer: 'instances.node', says: instance.node ?? 'NULL' },
          { layer: 'compute_nodes.hypervisor_hostname', says: computeNode.hypervisorHostname ?? 'NULL' },
        ],
      });
    }
    if (instance.computeId !== null && instance.computeId !== computeNode.id) {
      violated({
        point: 'compute_id',
        expected: String(computeNode.id),
        found: String(instance.computeId),
      });
    }
    const root = providers.find(({ parentId }) => parentId === null);
    if (root?.id !== computeNode.uuid || root.name !== computeNode.hypervisorHostname) {
      violated({
        point: 'root resource provider',
        expected: `${computeNode.uuid ?? ''} ${computeNode.hypervisorHostname ?? ''}`,
        found: root === undefined ? 'none' : `${root.id} ${root.name}`,
      });
    }
  },
});
