import type { Invariant } from '../invariant.js';
import { guestRule, hostRule } from '../rule.js';
import { isOnHost } from '../instances.js';
import { listed } from '../said.js';
import type { Snapshot } from '../snapshot.js';

/** vm_state -> what libvirt says of the domain; nova/virt/libvirt/guest.py and driver.py. */
const states: Readonly<Record<string, readonly string[]>> = {
  active: ['running', 'idle'],
  rescued: ['running', 'idle'],
  paused: ['paused'],
  suspended: ['shut off'],
  stopped: ['shut off'],
};

/** power_state -> what libvirt says. */
const powers: Readonly<Record<string, readonly string[]>> = {
  running: ['running', 'idle'],
  paused: ['paused'],
  shutdown: ['shut off'],
  crashed: ['crashed'],
  suspended: ['shut off', 'pmsuspended'],
};

const oneDomain: Invariant = guestRule({
  id: 'I1',
  statement: 'a server has exactly one domain in the cloud, on its host, in the state that Nova says',
  source: 'nova/compute/manager.py, _sync_power_states; nova/virt/libvirt/driver.py',
  transient: true,
  layers: ['database', 'libvirt'],
  guest: [],
  host: ['domains'],
  check: ({ uuid, instance }, host, { snapshot, violated }) => {
    if (!isOnHost(instance)) return;
    const mine = host.domains.filter((domain) => domain.uuid === uuid);
    const says = [
      { layer: 'instances.host', says: host.name },
      { layer: 'vm_state', says: instance.vmState ?? '' },
      { layer: 'power_state', says: instance.powerState ?? '' },
      { layer: `libvirt of ${host.name}`, says: listed(mine.map(({ state }) => state)) },
    ];
    const [domain] = mine;
    if (domain === undefined || mine.length > 1) {
      violated({ point: 'domain', expected: 'one', found: String(mine.length), layers: says });
      return;
    }
    const wanted = states[instance.vmState ?? ''];
    if (wanted !== undefined && !wanted.includes(domain.state)) {
      violated({
        point: 'state of the domain',
        expected: `${wanted[0] ?? ''} (vm_state ${instance.vmState ?? ''})`,
        found: domain.state,
        layers: says,
      });
    }
    const power = powers[instance.powerState ?? ''];
    if (power !== undefined && !power.includes(domain.state)) {
      violated({
        point: 'power_state',
        expected: `that of a domain that is ${domain.state}`,
        found: instance.powerState ?? '',
        layers: says,
      });
    }
    // A copy elsewhere is fine only where a move may still be taken back, and then it does not run.
    for (const other of snapshot.hosts) {
      if (other.name === host.name) continue;
      const copy = other.domains?.find((each) => each.uuid === uuid);
      if (copy === undefined || mayKeepCopy(uuid, other.name, copy.state, snapshot)) continue;
      violated({
        point: `domain on ${other.name}`,
        expected: 'none',
        found: copy.state,
        layers: [...says, { layer: `libvirt of ${other.name}`, says: copy.state }],
      });
    }
  },
});

function mayKeepCopy(uuid: string, host: string, state: string, { migrations = [] }: Snapshot): boolean {
  return migrations.some(
    ({ instanceUuid, sourceCompute, inProgress, type, status }) =>
      instanceUuid === uuid &&
      sourceCompute === host &&
      // Until nova-compute of a host that is evacuated comes back, what runs there runs.
      ((inProgress && state === 'shut off') || (type === 'evacuation' && status !== 'completed')),
  );
}

const noOrphan: Invariant = hostRule({
  id: 'I2',
  statement: 'no host has a domain without a server of its own',
  source: 'nova/compute/manager.py, _cleanup_running_deleted_instances and _destroy_evacuated_instances',
  transient: true,
  layers: ['libvirt', 'database'],
  host: ['domains', 'instances'],
  migrations: true,
  check: ({ name, domains, instances }, { snapshot, violated }) => {
    const here = new Set(instances.map(({ uuid }) => uuid));
    for (const domain of domains) {
      if (here.has(domain.uuid)) continue;
      const moving = (snapshot.migrations ?? []).some(
        ({ instanceUuid, inProgress, type, status, sourceCompute, destCompute }) =>
          instanceUuid === domain.uuid &&
          [sourceCompute, destCompute].includes(name) &&
          (inProgress || (type === 'evacuation' && status !== 'completed')),
      );
      if (moving) continue;
      violated({
        point: `domain ${domain.name} (${domain.uuid})`,
        expected: `a server on ${name}`,
        found: 'none',
        layers: [
          { layer: `libvirt of ${name}`, says: `${domain.name}, ${domain.state}` },
          { layer: `instances of ${name}`, says: listed(here) },
        ],
      });
    }
  },
});

const node: Invariant = guestRule({
  id: 'I3',
  statement:
    'the node of a server is the live compute node of its host, and that is the root resource provider',
  source: 'nova/compute/resource_tracker.py, _set_instance_host_and_node; nova/virt/node.py',
  layers: ['database', 'Placement'],
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

const mappings: Invariant = guestRule({
  id: 'I4',
  statement: 'the API database maps a server and its host to the cell in which their rows are',
  source: 'nova/conductor/manager.py, schedule_and_build_instances; nova/objects/host_mapping.py',
  layers: ['database'],
  guest: ['mappedCell'],
  host: ['mappedCell'],
  check: ({ instance, mappedCell }, host, { violated }) => {
    const cell = instance?.cell.uuid ?? '';
    if (mappedCell !== cell)
      violated({ point: 'instance mapping', expected: cell, found: mappedCell ?? 'none' });
    if (host.mappedCell !== cell)
      violated({ point: `mapping of host ${host.name}`, expected: cell, found: host.mappedCell ?? 'none' });
  },
});

export const existence: readonly Invariant[] = [oneDomain, noOrphan, node, mappings];
