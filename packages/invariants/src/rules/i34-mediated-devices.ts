import { hasXml } from '../has-xml.js';
import { guestRule } from '../rule.js';
import { sum } from '../said.js';

export const i34 = guestRule({
  id: 'I34',
  statement: 'a server has as many mediated devices in its XML as Placement has VGPUs allocated to it',
  source: 'nova/virt/libvirt/driver.py, _allocate_mdevs (lp#1778563, lp#1948705)',
  transience: 'stuck',
  confidence: 'likely',
  remedy: 'openstack server reboot --hard SERVER',
  reads: ['Placement', 'domain XML'],
  guest: ['live', 'allocations'],
  applies: hasXml,
  check: ({ live, allocations }, _, { violated }) => {
    const allocated = sum(allocations.map(({ resources }) => resources['VGPU'] ?? 0));
    const found = live?.devices.hostdevs.filter(({ type }) => type === 'mdev').length ?? 0;
    // Mediated devices can be of other classes, as [devices] mdev_class says.
    const other = allocations.some(({ resources }) =>
      Object.keys(resources).some((name) => name.startsWith('CUSTOM_')),
    );
    if (found !== allocated && !(allocated === 0 && other))
      violated({
        point: 'mediated devices',
        expected: `${allocated} (Placement)`,
        found: `${found} (domain XML)`,
      });
  },
});
