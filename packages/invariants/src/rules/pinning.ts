import { CpuSet } from '@whitebox/core';
import { hasXml } from '../has-xml.js';
import type { Invariant } from '../invariant.js';
import { madeBefore } from '../made-before.js';
import { guestRule } from '../rule.js';
import { same, show } from '../said.js';
import { dedicatedVcpus, held, pinning } from '../topology.js';

const driver = 'nova/virt/libvirt/driver.py';

const pins: Invariant = guestRule({
  id: 'I6',
  statement:
    'each dedicated vCPU is pinned in the domain XML to the CPU that the database says, and none else',
  source: `${driver}, _get_pin_cpuset`,
  layers: ['database', 'domain XML'],
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
});

const everyVcpu: Invariant = guestRule({
  id: 'I7',
  statement: 'each vCPU of a NUMA guest has a pin, a floating one the shared CPUs of its host cell',
  source: `${driver}, _get_guest_numa_config and _get_pin_cpuset`,
  layers: ['database', 'domain XML'],
  guest: ['extra', 'live'],
  host: ['computeNode', 'config'],
  applies: (guest) => hasXml(guest) && guest.extra?.numaTopology != null,
  check: ({ extra, live }, { computeNode, config }, { violated }) => {
    if (extra?.numaTopology == null || live === null) return;
    const { vcpuPins } = live.cpuTune;
    const wanted = extra.flavors?.current.vcpus ?? live.vcpus.maximum;
    if (vcpuPins.size !== wanted || live.vcpus.maximum !== wanted) {
      violated({
        point: 'number of pins',
        expected: `${wanted} (flavor)`,
        found: `${vcpuPins.size} pins of ${live.vcpus.maximum} vCPUs (domain XML)`,
      });
    }
    for (const { id, cpuset } of extra.numaTopology.cells) {
      const cell = computeNode?.numaTopology?.cells.find((each) => each.id === id);
      for (const vcpu of cpuset) {
        if (same(vcpuPins.get(vcpu), cell?.cpuset) || madeBefore(live, config)) continue;
        violated({
          point: `floating vCPU ${vcpu}`,
          expected: `${show(cell?.cpuset)} (host cell ${id})`,
          found: `${show(vcpuPins.get(vcpu))} (domain XML)`,
        });
      }
    }
  },
});

const floating: Invariant = guestRule({
  id: 'I8',
  statement:
    'a guest without NUMA floats over the shared CPUs of the host that it is on, or over all where none are set',
  source: `${driver}, _get_guest_numa_config and _get_vcpu_available`,
  layers: ['domain XML', 'configuration'],
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

const within: Invariant = guestRule({
  id: 'I9',
  statement: 'the CPUs that a guest has for itself are dedicated ones of its host cell',
  source: 'nova/virt/hardware.py, _numa_fit_instance_cell_with_pinning',
  layers: ['database', 'configuration'],
  guest: ['extra'],
  host: ['computeNode', 'config'],
  applies: ({ extra }) => extra?.numaTopology != null && !held(extra.numaTopology).isEmpty,
  check: ({ extra }, { computeNode, config, name }, { violated }) => {
    for (const { id, cpuPinning, cpusetReserved } of extra?.numaTopology?.cells ?? []) {
      const mine = CpuSet.from(cpuPinning.values()).union(cpusetReserved);
      if (mine.isEmpty) continue;
      const cell = computeNode?.numaTopology?.cells.find((each) => each.id === id);
      if (cell === undefined) {
        violated({ point: `host cell ${id}`, expected: `a cell of ${name}`, found: 'no such cell' });
        continue;
      }
      if (!mine.isSubsetOf(cell.pcpuset)) {
        violated({
          point: `CPUs of host cell ${id}`,
          expected: `within ${show(cell.pcpuset)} (compute_nodes)`,
          found: `${show(mine)} (instance_extra)`,
        });
      }
      if (config.dedicatedSet !== undefined && !mine.isSubsetOf(config.dedicatedSet)) {
        violated({
          point: `CPUs of host cell ${id} in cpu_dedicated_set`,
          expected: `within ${show(config.dedicatedSet)} (cpu_dedicated_set of ${name})`,
          found: `${show(mine)} (instance_extra)`,
        });
      }
    }
  },
});

export const pinningRules: readonly Invariant[] = [pins, everyVcpu, floating, within];
