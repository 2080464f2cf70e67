import { CpuSet } from '@whitebox/core';
import { hasXml } from '../has-xml.js';
import { guestRule } from '../rule.js';
import { same, show } from '../said.js';
import { dedicatedVcpus, eitherSide, pinning } from '../topology.js';

export const i06 = guestRule({
  id: 'I6',
  statement:
    'each dedicated vCPU is pinned in the domain XML to the CPU that the database says, and none else',
  source: 'nova/virt/libvirt/driver.py, _get_pin_cpuset',
  transience: 'stuck',
  confidence: 'certain',
  remedy: 'openstack server reboot --hard SERVER',
  reads: ['database', 'domain XML'],
  guest: ['extra', 'live'],
  applies: hasXml,
  check: ({ extra, live }, _, { violated }) => {
    const pinned = live?.cpuTune.vcpuPins ?? new Map<number, CpuSet>();
    const topology = extra?.numaTopology ?? null;
    if (topology === null) {
      for (const [vcpu, cpus] of pinned)
        violated({
          point: `vCPU ${vcpu}`,
          expected: 'no pin, as the database has no NUMA topology',
          found: show(cpus),
        });
      return;
    }
    const row = pinning(topology);
    for (const vcpu of dedicatedVcpus(topology).union(row.keys())) {
      const cpu = row.get(vcpu);
      const pin = pinned.get(vcpu);
      if (cpu !== undefined && same(pin, CpuSet.of(cpu))) continue;
      const database = cpu === undefined ? 'pinned nowhere' : String(cpu);
      violated({
        point: `vCPU ${vcpu}`,
        expected: `CPU ${database} (database)`,
        found: `${show(pin)} (domain XML)`,
        layers: [
          { layer: 'instance_extra', says: database },
          { layer: 'domain XML', says: show(pin) },
        ],
      });
    }
  },
  inFlight: ({ extra, live }, _, { violated }) => {
    const sides = eitherSide(extra);
    for (const [vcpu, pin] of live?.cpuTune.vcpuPins ?? []) {
      const cpus = sides.map((topology) => (topology === null ? undefined : pinning(topology).get(vcpu)));
      // Where one side lets it float, or has not been claimed yet, any pin may be of that side.
      if (cpus.length === 0 || cpus.includes(undefined)) continue;
      const known = CpuSet.from(cpus.flatMap((cpu) => cpu ?? []));
      if (pin.size === 1 && pin.isSubsetOf(known)) continue;
      violated({
        point: `vCPU ${vcpu}`,
        expected: `CPU ${[...known].join(' or ')} (database)`,
        found: `${show(pin)} (domain XML)`,
        layers: [
          { layer: 'instance_extra', says: show(known) },
          { layer: 'domain XML', says: show(pin) },
        ],
      });
    }
  },
});
