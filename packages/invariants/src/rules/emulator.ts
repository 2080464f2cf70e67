import { CpuSet } from '@whitebox/core';
import type { Invariant } from '../invariant.js';
import { madeBefore } from '../made-before.js';
import { guestRule } from '../rule.js';
import { same, show, union } from '../said.js';
import { pinning, reserved } from '../topology.js';
import { hasXml } from '../has-xml.js';

const driver = 'nova/virt/libvirt/driver.py';

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

export const emulatorRules: readonly Invariant[] = [emulator, ioThread];
