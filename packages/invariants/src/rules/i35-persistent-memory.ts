import { hasXml } from '../has-xml.js';
import { guestRule } from '../rule.js';
import { listed } from '../said.js';

export const i35 = guestRule({
  id: 'I35',
  statement: 'a server has the namespaces of persistent memory in its XML that the database gives to it',
  source: 'nova/virt/libvirt/driver.py, _get_ordered_vpmems',
  transience: 'stuck',
  confidence: 'certain',
  remedy: 'openstack server reboot --hard SERVER',
  reads: ['database', 'domain XML'],
  guest: ['extra', 'live'],
  applies: hasXml,
  check: ({ extra, live }, _, { violated }) => {
    const given = (extra?.resources ?? [])
      .filter(({ resourceClass }) => resourceClass.startsWith('CUSTOM_PMEM_NAMESPACE_'))
      .map(({ identifier }) => identifier);
    const found = (live?.devices.memory ?? []).flatMap(({ model, sourcePath }) =>
      model === 'nvdimm' && sourcePath !== undefined ? [sourcePath] : [],
    );
    if (found.length !== given.length)
      violated({
        point: 'persistent memory',
        expected: `${listed(given)} (instance_extra)`,
        found: `${listed(found)} (domain XML)`,
      });
  },
});
