import { CpuSet } from '@whitebox/core';
import type { InstanceExtra } from '@whitebox/db';
import type { Domain } from '@whitebox/libvirt-xml';
import type { Invariant } from '../invariant.js';
import { hostRule } from '../rule.js';
import { listed, show, union } from '../said.js';
import type { HostSnapshot } from '../snapshot.js';
import { accounted, dedicatedVcpus, held } from '../topology.js';

const disjoint: Invariant = hostRule({
  id: 'I10',
  statement:
    'no two guests of a host have the same CPU for themselves, in the database, in the XML or between both',
  source: 'nova/compute/claims.py; nova/virt/hardware.py, numa_fit_instance_to_host',
  layers: ['database', 'domain XML'],
  host: ['instances', 'extras', 'domains'],
  check: (host, { violated }) => {
    const owners = new Map<number, Map<string, string[]>>();
    const take = (uuid: string, cpus: CpuSet, layer: string): void => {
      for (const cpu of cpus) {
        const of = owners.get(cpu) ?? new Map<string, string[]>();
        owners.set(cpu, of.set(uuid, [...(of.get(uuid) ?? []), layer]));
      }
    };
    for (const { uuid, taskState } of host.instances) {
      const topology = extraOf(host, uuid)?.numaTopology;
      if (topology == null || taskState !== null) continue;
      take(uuid, held(topology), 'database');
      const xml = host.domains.find((domain) => domain.uuid === uuid)?.xml;
      if (xml !== undefined) take(uuid, pinnedInXml(xml, topology), 'domain XML');
    }
    for (const [cpu, of] of owners) {
      if (of.size < 2) continue;
      const says = [...of].map(([uuid, layers]) => ({ layer: uuid, says: layers.join(' and ') }));
      violated({
        point: `CPU ${cpu}`,
        expected: 'one guest',
        found: listed([...of].map(([uuid, layers]) => `${uuid} (${layers.join(', ')})`)),
        layers: says,
      });
    }
  },
});

const pinned: Invariant = hostRule({
  id: 'I11',
  statement: 'a compute node accounts for exactly the CPUs that its guests have for themselves',
  source: 'nova/virt/hardware.py, numa_usage_from_instance_numa; nova/compute/resource_tracker.py',
  transient: true,
  layers: ['database'],
  host: ['computeNode', 'instances', 'extras'],
  migrations: true,
  check: (host, { snapshot, violated }) => {
    const usages = accounted(host, snapshot.migrations ?? []);
    if (usages === undefined) return;
    for (const { id, pinnedCpus, siblings } of host.computeNode?.numaTopology?.cells ?? []) {
      const cells = usages.flatMap(({ topology }) => topology.cells.filter((cell) => cell.id === id));
      const expected = union(
        cells.map(({ cpuPinning, cpusetReserved, cpuThreadPolicy }) => {
          const own = CpuSet.from(cpuPinning.values()).union(cpusetReserved);
          if (cpuThreadPolicy !== 'isolate') return own;
          return own.union(union(siblings.filter((core) => !core.isDisjointFrom(own))));
        }),
      );
      if (pinnedCpus.equals(expected)) continue;
      violated({
        point: `pinned_cpus of cell ${id}`,
        expected: `${show(expected)} (servers and migrations of the host)`,
        found: `${show(pinnedCpus)} (compute_nodes)`,
        layers: [
          ...usages.map(({ uuid, topology }) => ({
            layer: `instance_extra of ${uuid}`,
            says: show(held(topology)),
          })),
          { layer: 'compute_nodes', says: show(pinnedCpus) },
        ],
      });
    }
  },
});

const threadPolicy: Invariant = hostRule({
  id: 'I12',
  statement:
    'a guest with thread policy isolate shares no core with another, one with require has whole cores',
  source: 'nova/virt/hardware.py, _pack_instance_onto_cores',
  layers: ['database', 'kernel'],
  host: ['instances', 'extras', 'cpus'],
  check: (host, { violated }) => {
    const core = (cpu: number): CpuSet => host.cpus.cpus.get(cpu)?.siblings ?? CpuSet.of(cpu);
    const guests = host.instances.flatMap(({ uuid, taskState }) => {
      const topology = extraOf(host, uuid)?.numaTopology;
      return topology == null || taskState !== null ? [] : [{ uuid, topology, mine: held(topology) }];
    });
    for (const { uuid, topology, mine } of guests) {
      for (const { cpuThreadPolicy, cpuPinning } of topology.cells) {
        const cpus = CpuSet.from(cpuPinning.values());
        if (cpuThreadPolicy === 'isolate') {
          const cores = union([...cpus].map(core));
          for (const other of guests) {
            const both = other.mine.intersection(cores);
            if (other.uuid === uuid || both.isEmpty) continue;
            violated({
              point: `${uuid} (isolate) beside ${other.uuid}`,
              expected: `nobody else on the cores ${show(cores)}`,
              found: `${other.uuid} on ${show(both)}`,
            });
          }
        }
        if (cpuThreadPolicy === 'require' && cpus.size % 2 === 0) {
          const alone = [...cpus].filter((cpu) => core(cpu).intersection(mine).size < 2);
          if (alone.length > 0)
            violated({
              point: `${uuid} (require)`,
              expected: 'thread siblings',
              found: `${show(cpus)}, of which ${listed(alone.map(String))} is alone on its core`,
            });
        }
      }
    }
  },
});

const power: Invariant = hostRule({
  id: 'I17',
  statement:
    'each CPU that a guest has for itself or shares is online, and with power management no other dedicated one is',
  source: 'nova/virt/libvirt/cpu/api.py (lp#2056612, lp#2056613)',
  transient: true,
  layers: ['kernel', 'database', 'configuration'],
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

const sets: Invariant = hostRule({
  id: 'I18',
  statement: 'the shared and the dedicated set of a host have no CPU in common, and the host has all of them',
  source:
    'nova/virt/libvirt/driver.py, _get_pcpu_available and _get_vcpu_available; nova/virt/hardware.py, get_cpu_shared_set',
  layers: ['configuration', 'kernel'],
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

function pinnedInXml(domain: Domain, topology: Parameters<typeof dedicatedVcpus>[0]): CpuSet {
  const vcpus = dedicatedVcpus(topology);
  return union([...domain.cpuTune.vcpuPins].filter(([vcpu]) => vcpus.has(vcpu)).map(([, pin]) => pin));
}

function extraOf(host: Pick<HostSnapshot, 'extras'>, uuid: string): InstanceExtra | undefined {
  return host.extras?.find(({ instanceUuid }) => instanceUuid === uuid);
}

export const hostCpus: readonly Invariant[] = [disjoint, pinned, threadPolicy, power, sets];
