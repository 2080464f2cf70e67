import { CpuSet } from '@whitebox/core';
import type { InstanceExtra } from '@whitebox/db';
import { hasXml } from '../has-xml.js';
import type { Invariant } from '../invariant.js';
import { guestRule } from '../rule.js';
import { same, show, union } from '../said.js';

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

export const threadRules: readonly Invariant[] = [realtime, threads];
