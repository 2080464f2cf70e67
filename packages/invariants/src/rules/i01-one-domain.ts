import { guestRule } from '../rule.js';
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

/** vm_state -> states of the domain on which _sync_power_states stops the server, so that both agree again. */
const stopped: Readonly<Record<string, readonly string[]>> = {
  active: ['shut off', 'crashed'],
  paused: ['shut off', 'crashed'],
  stopped: ['running', 'idle', 'paused'],
};
/** `[DEFAULT] sync_power_state_interval`, as Nova has it where nothing is said. */
const syncS = 600;

export const i01 = guestRule({
  id: 'I1',
  statement: 'a server has exactly one domain in the cloud, on its host, in the state that Nova says',
  source: 'nova/compute/manager.py, _sync_power_states; nova/virt/libvirt/driver.py',
  transience: 'transient',
  confidence: 'certain',
  remedy:
    'openstack server migration list --server SERVER; where the domain is lost: openstack server reboot --hard SERVER; a second copy: virsh destroy DOMAIN on the host that is not the one of the server',
  reads: ['database', 'libvirt'],
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
    const settlesWithinS = host.config === undefined ? syncS : host.config.syncPowerStateIntervalS;
    const wanted = states[instance.vmState ?? ''];
    if (wanted !== undefined && !wanted.includes(domain.state)) {
      violated({
        point: 'state of the domain',
        expected: `${wanted[0] ?? ''} (vm_state ${instance.vmState ?? ''})`,
        found: domain.state,
        layers: says,
        settlesWithinS: stopped[instance.vmState ?? '']?.includes(domain.state) ? settlesWithinS : undefined,
      });
    }
    const power = powers[instance.powerState ?? ''];
    if (power !== undefined && !power.includes(domain.state)) {
      violated({
        point: 'power_state',
        expected: `that of a domain that is ${domain.state}`,
        found: instance.powerState ?? '',
        layers: says,
        settlesWithinS,
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
