import { hasXml } from '../has-xml.js';
import { madeBefore } from '../made-before.js';
import { guestRule } from '../rule.js';
import { same, show } from '../said.js';

export const i07 = guestRule({
  id: 'I7',
  statement: 'each vCPU of a NUMA guest has a pin, a floating one the shared CPUs of its host cell',
  source: 'nova/virt/libvirt/driver.py, _get_guest_numa_config and _get_pin_cpuset',
  transience: 'stuck',
  confidence: 'certain',
  remedy: 'openstack server reboot --hard SERVER',
  reads: ['database', 'domain XML'],
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
