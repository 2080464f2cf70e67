import { CpuSet } from '@whitebox/core';
import { madeBefore } from '../made-before.js';
import { guestRule } from '../rule.js';
import { same, show, union } from '../said.js';
import { pinning, reserved } from '../topology.js';
import { hasXml } from '../has-xml.js';

export const i13 = guestRule({
  id: 'I13',
  statement: 'the emulator threads of a NUMA guest run where their policy says',
  source: 'nova/virt/libvirt/driver.py, _get_emulatorpin_cpuset',
  transience: 'stuck',
  confidence: 'certain',
  remedy: 'openstack server reboot --hard SERVER',
  reads: ['database', 'domain XML', 'configuration'],
  guest: ['extra', 'live'],
  host: ['config', 'cpus'],
  applies: hasXml,
  check: ({ extra, live }, { config, cpus }, { violated, unread }) => {
    if (live === null) return;
    const { emulatorPin } = live.cpuTune;
    const topology = extra?.numaTopology ?? null;
    if (topology === null) {
      if (emulatorPin !== undefined)
        violated({ point: 'emulatorpin', expected: 'none without NUMA', found: show(emulatorPin) });
      return;
    }
    const policy = topology.emulatorThreadsPolicy;
    const own = reserved(topology);
    if (policy === 'isolate') {
      const theirs = CpuSet.from(pinning(topology).values());
      if (own.isEmpty || !own.isDisjointFrom(theirs))
        violated({
          point: 'cpuset_reserved',
          expected: `a CPU other than ${show(theirs)}`,
          found: show(own),
        });
      if (!same(emulatorPin, own))
        violated({
          point: 'emulatorpin',
          expected: `${show(own)} (reserved in the database)`,
          found: `${show(emulatorPin)} (domain XML)`,
        });
      return;
    }
    if (policy === 'share' && config.sharedSet !== undefined) {
      const shared = config.sharedSet.intersection(cpus.online);
      if (same(emulatorPin, shared)) return;
      if (madeBefore(live, config)) {
        unread('what its host had configured when its XML was made');
        return;
      }
      violated({
        point: 'emulatorpin',
        expected: `${show(shared)} (cpu_shared_set)`,
        found: `${show(emulatorPin)} (domain XML)`,
      });
      return;
    }
    const realtime = union(live.cpuTune.vcpuScheds.map(({ ids }) => ids));
    const rest = union(
      [...live.cpuTune.vcpuPins].filter(([vcpu]) => !realtime.has(vcpu)).map(([, pin]) => pin),
    );
    if (!same(emulatorPin, rest))
      violated({
        point: 'emulatorpin',
        expected: `${show(rest)} (pins of the vCPUs that are not realtime)`,
        found: `${show(emulatorPin)} (domain XML)`,
      });
  },
});
