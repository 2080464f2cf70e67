import { hasXml } from '../has-xml.js';
import { madeBefore } from '../made-before.js';
import { guestRule } from '../rule.js';
import { same, show } from '../said.js';

export const i08 = guestRule({
  id: 'I8',
  statement:
    'a guest without NUMA floats over the shared CPUs of the host that it is on, or over all where none are set',
  source: 'nova/virt/libvirt/driver.py, _get_guest_numa_config and _get_vcpu_available',
  transience: 'stuck',
  confidence: 'likely',
  remedy: 'openstack server reboot --hard SERVER',
  reads: ['domain XML', 'configuration'],
  guest: ['extra', 'live'],
  host: ['config'],
  migrations: true,
  knownBugs: [
    {
      bug: 'lp#1869804',
      fixedBy: 30,
      when: ({ subject }, { migrations = [] }) =>
        migrations.some(
          ({ instanceUuid, type, status }) =>
            instanceUuid === subject.id && type === 'live-migration' && status === 'completed',
        ),
    },
  ],
  applies: (guest) => hasXml(guest) && guest.extra?.numaTopology == null,
  check: ({ live }, { config, name }, { violated, unread }) => {
    if (live === null || same(live.vcpus.cpuset, config.sharedSet)) return;
    if (madeBefore(live, config)) {
      unread(`what ${name} had configured when its XML was made`);
      return;
    }
    violated({
      point: 'vcpu cpuset',
      expected: `${show(config.sharedSet)} (cpu_shared_set of ${name})`,
      found: `${show(live.vcpus.cpuset)} (domain XML)`,
    });
  },
});
