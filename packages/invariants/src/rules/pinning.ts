import { CpuSet } from '@whitebox/core';
import type { InstanceExtra } from '@whitebox/db';
import type { Domain } from '@whitebox/libvirt-xml';
import { runs } from '../instances.js';
import type { Invariant } from '../invariant.js';
import { madeBefore } from '../made-before.js';
import { guestRule } from '../rule.js';
import { same, show, union } from '../said.js';
import type { HostSnapshot } from '../snapshot.js';
import { dedicatedVcpus, held, pinning, reserved } from '../topology.js';

const driver = 'nova/virt/libvirt/driver.py';

/** Where the XML matters: of a guest that does not run Nova makes it anew at the next start. */
export function hasXml(guest: {
  readonly instance: Parameters<typeof runs>[0];
  readonly live: Domain | null;
}): boolean {
  return runs(guest.instance) && guest.live !== null;
}

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

const emulator: Invariant = guestRule({
  id: 'I13',
  statement: 'the emulator threads of a NUMA guest run where their policy says',
  source: `${driver}, _get_emulatorpin_cpuset`,
  layers: ['database', 'domain XML', 'configuration'],
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

const ioThread: Invariant = guestRule({
  id: 'I14',
  statement: 'a NUMA guest has one I/O thread, which runs where its emulator threads do',
  source: `${driver}, since Nova 33 (lp#2140537, lp#2139351)`,
  layers: ['domain XML'],
  guest: ['extra', 'live'],
  applies: (guest) => hasXml(guest) && guest.extra?.numaTopology != null,
  check: ({ live }, _, { snapshot: { novaVersions }, violated }) => {
    if (live === null || novaVersions.length === 0 || novaVersions.some((version) => version < 33)) return;
    // Guests that were started by an older Nova have none (lp#2152697).
    if (live.ioThreads === 0) return;
    if (live.ioThreads !== 1)
      violated({ point: 'number of I/O threads', expected: '1', found: String(live.ioThreads) });
    for (const id of live.ioThreadIds) {
      const pin = live.cpuTune.ioThreadPins.get(id);
      if (same(pin, live.cpuTune.emulatorPin)) continue;
      violated({
        point: `iothreadpin ${id}`,
        expected: `${show(live.cpuTune.emulatorPin)} (emulatorpin)`,
        found: show(pin),
      });
    }
  },
});

const realtime: Invariant = guestRule({
  id: 'I15',
  statement:
    'the realtime vCPUs of a guest are those of its mask, by FIFO at the configured priority, in locked memory',
  source: 'nova/virt/hardware.py, get_realtime_cpu_constraint; nova/virt/libvirt/designer.py',
  layers: ['database', 'domain XML', 'configuration', 'kernel'],
  guest: ['extra', 'live', 'systemMetadata', 'threads'],
  host: ['config'],
  applies: hasXml,
  check: ({ extra, live, systemMetadata, threads }, { config }, { violated }) => {
    if (live === null) return;
    const wanted = realtimeVcpus(extra, systemMetadata);
    const found = union(live.cpuTune.vcpuScheds.map(({ ids }) => ids));
    if (!found.equals(wanted)) {
      violated({
        point: 'realtime vCPUs',
        expected: `${show(wanted)} (flavor and image)`,
        found: `${show(found)} (domain XML)`,
      });
    }
    if (wanted.isEmpty) return;
    for (const { scheduler, priority } of live.cpuTune.vcpuScheds) {
      if (scheduler === 'fifo' && priority === config.realtimePriority) continue;
      violated({
        point: 'vcpusched',
        expected: `fifo ${config.realtimePriority}`,
        found: `${scheduler} ${priority ?? '-'}`,
      });
    }
    if (!live.memoryBacking.locked) violated({ point: 'memory', expected: 'locked', found: 'not locked' });
    for (const vcpu of wanted) {
      const thread = threads?.vcpus.get(vcpu);
      if (thread === undefined || (thread.policy === 'fifo' && thread.priority === config.realtimePriority))
        continue;
      violated({
        point: `thread of vCPU ${vcpu}`,
        expected: `fifo ${config.realtimePriority}`,
        found: `${thread.policy} ${thread.priority} (kernel)`,
      });
    }
  },
});

function realtimeVcpus(extra: InstanceExtra | null, metadata: ReadonlyMap<string, string | null>): CpuSet {
  const flavor = extra?.flavors?.current;
  const yes = /^(1|t|true|on|y|yes)$/i;
  if (flavor === undefined || !yes.test(flavor.extraSpecs['hw:cpu_realtime'] ?? '')) return CpuSet.empty;
  const mask = metadata.get('image_hw_cpu_realtime_mask') ?? flavor.extraSpecs['hw:cpu_realtime_mask'] ?? '';
  const all = `0-${flavor.vcpus - 1}`;
  if (mask === '') return CpuSet.parse(all, 'nova');
  return CpuSet.parse(mask.trim().startsWith('^') ? `${all},${mask}` : mask, 'nova');
}

const threads: Invariant = guestRule({
  id: 'I16',
  statement: 'the kernel lets each thread of a guest run where the domain XML says',
  source: 'libvirt src/qemu/qemu_process.c, qemuProcessSetupVcpus and qemuProcessSetupEmulator',
  layers: ['domain XML', 'kernel'],
  guest: ['live', 'threads'],
  host: ['cpus'],
  applies: hasXml,
  check: ({ live, threads: process }, { cpus }, { violated }) => {
    if (live === null) return;
    if (process === null || process.vcpus.size === 0) {
      violated({ point: 'vCPU threads', expected: String(live.vcpus.current), found: 'none (kernel)' });
      return;
    }
    const everywhere = live.vcpus.cpuset ?? cpus.online;
    const check = (point: string, pin: CpuSet | undefined, allowed: CpuSet | undefined): void => {
      const expected = (pin ?? everywhere).intersection(cpus.online);
      const found = allowed?.intersection(cpus.online);
      if (same(expected, found)) return;
      violated({
        point,
        expected: `${show(expected)} (domain XML)`,
        found: `${found === undefined ? 'no thread' : show(found)} (kernel)`,
        layers: [
          { layer: 'domain XML', says: show(expected) },
          { layer: 'kernel', says: found === undefined ? 'no thread' : show(found) },
        ],
      });
    };
    for (let vcpu = 0; vcpu < live.vcpus.current; vcpu += 1)
      check(`vCPU ${vcpu}`, live.cpuTune.vcpuPins.get(vcpu), process.vcpus.get(vcpu)?.allowedCpus);
    for (const { name, tid, allowedCpus } of process.emulator)
      check(
        `emulator thread ${name}${process.emulator.length > 1 ? ` ${tid}` : ''}`,
        live.cpuTune.emulatorPin,
        allowedCpus,
      );
    for (const id of live.ioThreadIds)
      check(`I/O thread ${id}`, live.cpuTune.ioThreadPins.get(id), process.ioThreads.get(id)?.allowedCpus);
  },
});

export function pinnedInXml(domain: Domain, topology: Parameters<typeof dedicatedVcpus>[0]): CpuSet {
  const vcpus = dedicatedVcpus(topology);
  return union([...domain.cpuTune.vcpuPins].filter(([vcpu]) => vcpus.has(vcpu)).map(([, pin]) => pin));
}

export function extraOf(host: Pick<HostSnapshot, 'extras'>, uuid: string): InstanceExtra | undefined {
  return host.extras?.find(({ instanceUuid }) => instanceUuid === uuid);
}

export const pinningRules: readonly Invariant[] = [
  pins,
  everyVcpu,
  floating,
  within,
  emulator,
  ioThread,
  realtime,
  threads,
];
