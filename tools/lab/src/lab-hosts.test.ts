import { describe, expect, it } from 'vitest';
import { parseNetwork } from './ipv4.js';
import { hostsFor } from './lab-hosts.js';
import { loadProfile } from './profiles.js';

const subnet = parseNetwork('10.20.30.0/24');
const machine = (cpus: number) => [...Array(cpus).keys()];

describe('the hosts of a lab', () => {
  it('have addresses in the order of the profile, and the control plane on the first', async () => {
    const hosts = hostsFor(await loadProfile('three-hosts'), subnet, machine(4));
    expect(hosts.map(({ name, address, roles }) => [name, address, roles.join(' ')])).toEqual([
      ['controller', '10.20.30.10', 'control compute'],
      ['compute1', '10.20.30.11', 'compute'],
      ['compute2', '10.20.30.12', 'compute'],
    ]);
  });

  it('show what the profile says, however many CPUs the machine has', async () => {
    const profile = await loadProfile('nfv');
    for (const cpus of [2, 4, 64]) {
      const hosts = hostsFor(profile, subnet, machine(cpus));
      expect(hosts.map(({ topology }) => topology)).toEqual(profile.hosts.map(({ topology }) => topology));
      expect(hosts[1]?.cpuSets).toEqual({ dedicated: '2-3,6-7,10-11,14-15', shared: '0-1,4-5,8-9,12-13' });
    }
  });

  it('of the small profile show the machine where it has four CPUs, and use those that are usable', async () => {
    const profile = await loadProfile('small');
    const sets = (usable: readonly number[]) =>
      hostsFor(profile, subnet, usable).map(({ cpuSets, topology }) => ({ ...cpuSets, topology }));
    expect(sets([2, 5, 6, 9, 10])).toEqual([
      { dedicated: '2,5', shared: '6,9', topology: undefined },
      { dedicated: '6,9', shared: '2,5', topology: undefined },
    ]);
    expect(sets([0, 1])).toEqual([
      { dedicated: '0-1', shared: '2-3', topology: profile.hosts[0]?.topology },
      { dedicated: '2-3', shared: '0-1', topology: profile.hosts[1]?.topology },
    ]);
  });
});
