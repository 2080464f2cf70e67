import { CpuSet } from '@whitebox/core';
import { hostRule } from '../rule.js';
import { show } from '../said.js';

export const i18 = hostRule({
  id: 'I18',
  statement: 'the shared and the dedicated set of a host have no CPU in common, and the host has all of them',
  source:
    'nova/virt/libvirt/driver.py, _get_pcpu_available and _get_vcpu_available; nova/virt/hardware.py, get_cpu_shared_set',
  transience: 'stuck',
  confidence: 'certain',
  remedy: 'Correct [compute] cpu_shared_set and cpu_dedicated_set and restart nova-compute of the host',
  reads: ['configuration', 'kernel'],
  host: ['config', 'cpus'],
  check: ({ config, cpus }, { violated }) => {
    const [shared, dedicated] = [config.sharedSet ?? CpuSet.empty, config.dedicatedSet ?? CpuSet.empty];
    const both = shared.intersection(dedicated);
    if (!both.isEmpty) violated({ point: 'both sets', expected: 'no CPU in common', found: show(both) });
    const available = config.cpuPowerManagement ? cpus.possible : cpus.online;
    for (const [point, set, there] of [
      ['cpu_shared_set', shared, cpus.online],
      ['cpu_dedicated_set', dedicated, available],
    ] as const) {
      const missing = set.difference(there);
      if (!missing.isEmpty) violated({ point, expected: `within ${show(there)}`, found: show(missing) });
    }
  },
});
