import { CpuSet } from '@whitebox/core';
import { hostRule } from '../rule.js';
import { listed, show, union } from '../said.js';
import { held } from '../topology.js';
import { extraOf } from '../extra-of.js';

export const i12 = hostRule({
  id: 'I12',
  statement:
    'a guest with thread policy isolate shares no core with another, one with require has whole cores',
  source: 'nova/virt/hardware.py, _pack_instance_onto_cores',
  transience: 'stuck',
  confidence: 'certain',
  remedy: 'openstack server migrate SERVER, for one of the two',
  reads: ['database', 'kernel'],
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
