import { CpuSet } from '@whitebox/core';
import type { InstanceExtra } from '@whitebox/db';
import { hasXml } from '../has-xml.js';
import { guestRule } from '../rule.js';
import { show, union } from '../said.js';

export const i15 = guestRule({
  id: 'I15',
  statement:
    'the realtime vCPUs of a guest are those of its mask, by FIFO at the configured priority, in locked memory',
  source: 'nova/virt/hardware.py, get_realtime_cpu_constraint; nova/virt/libvirt/designer.py',
  transience: 'stuck',
  confidence: 'certain',
  remedy: 'openstack server reboot --hard SERVER',
  reads: ['database', 'domain XML', 'configuration', 'kernel'],
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
