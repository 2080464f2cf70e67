import type { CpuSet } from '@whitebox/core';
import type { Domain } from '@whitebox/libvirt-xml';
import { hostRule } from '../rule.js';
import { listed, union } from '../said.js';
import { dedicatedVcpus, held } from '../topology.js';
import { extraOf } from '../extra-of.js';

export const i10 = hostRule({
  id: 'I10',
  statement:
    'no two guests of a host have the same CPU for themselves, in the database, in the XML or between both',
  source: 'nova/compute/claims.py; nova/virt/hardware.py, numa_fit_instance_to_host',
  transience: 'stuck',
  confidence: 'certain',
  remedy: 'openstack server migrate SERVER, for one of the two',
  reads: ['database', 'domain XML'],
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

function pinnedInXml(domain: Domain, topology: Parameters<typeof dedicatedVcpus>[0]): CpuSet {
  const vcpus = dedicatedVcpus(topology);
  return union([...domain.cpuTune.vcpuPins].filter(([vcpu]) => vcpus.has(vcpu)).map(([, pin]) => pin));
}
