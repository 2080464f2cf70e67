import { CpuSet } from '@whitebox/core';
import { hostRule } from '../rule.js';
import { show, union } from '../said.js';
import { held } from '../topology.js';

export const i17 = hostRule({
  id: 'I17',
  statement:
    'each CPU that a guest has for itself or shares is online, and with power management no other dedicated one is',
  source: 'nova/virt/libvirt/cpu/api.py (lp#2056612, lp#2056613)',
  transience: 'transient',
  confidence: 'certain',
  remedy:
    'Restart nova-compute of the host, which switches the CPUs on and off anew; openstack server reboot --hard SERVER',
  reads: ['kernel', 'database', 'configuration'],
  host: ['instances', 'extras', 'cpus', 'config'],
  check: (host, { violated }) => {
    const { config, cpus } = host;
    const running = new Set(
      host.instances
        .filter(({ powerState, taskState }) => powerState === 'running' || taskState !== null)
        .map(({ uuid }) => uuid),
    );
    const used = union(
      host.extras.flatMap(({ instanceUuid, numaTopology }) =>
        running.has(instanceUuid) && numaTopology !== null ? [held(numaTopology)] : [],
      ),
    );
    const off = used.union(config.sharedSet ?? CpuSet.empty).difference(cpus.online);
    if (!off.isEmpty) violated({ point: 'CPUs in use', expected: 'online', found: `${show(off)} offline` });
    if (!config.cpuPowerManagement || host.instances.some(({ taskState }) => taskState !== null)) return;
    // Nova leaves CPU 0 alone, which many kernels cannot switch off.
    const idle = (config.dedicatedSet ?? CpuSet.empty).difference(used).difference([0]);
    const governed = (set: CpuSet, wanted: string): CpuSet =>
      CpuSet.from([...set].filter((cpu) => (cpus.cpus.get(cpu)?.governor ?? wanted) !== wanted));
    if (config.cpuPowerStrategy === 'cpu_state') {
      const on = idle.intersection(cpus.online);
      if (!on.isEmpty)
        violated({ point: 'idle dedicated CPUs', expected: 'offline', found: `${show(on)} online` });
      return;
    }
    const low = governed(idle, config.governorLow);
    const high = governed(used.difference([0]), config.governorHigh);
    if (!low.isEmpty)
      violated({
        point: 'governor of idle CPUs',
        expected: config.governorLow,
        found: `another on ${show(low)}`,
      });
    if (!high.isEmpty)
      violated({
        point: 'governor of used CPUs',
        expected: config.governorHigh,
        found: `another on ${show(high)}`,
      });
  },
});
