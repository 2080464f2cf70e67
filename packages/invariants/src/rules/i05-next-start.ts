import type { Domain } from '@whitebox/libvirt-xml';
import { runs } from '../instances.js';
import { guestRule } from '../rule.js';
import { listed, show } from '../said.js';

export const i05 = guestRule({
  id: 'I5',
  statement: 'the XML of the next start is that of the running domain, in all that places it',
  source: 'nova/virt/libvirt/guest.py, migrate (VIR_MIGRATE_PARAM_PERSIST_XML, lp#1890501)',
  transience: 'stuck',
  confidence: 'certain',
  remedy: 'openstack server reboot --hard SERVER',
  reads: ['domain XML', 'inactive XML'],
  guest: ['live', 'inactive'],
  applies: ({ instance, live }) => runs(instance) && live !== null,
  check: ({ live, inactive: next }, _, { violated }) => {
    if (live === null) return;
    if (next === null) {
      violated({ point: 'inactive XML', expected: 'one', found: 'none' });
      return;
    }
    const [now, then] = [essentials(live), essentials(next)];
    for (const point of new Set([...now.keys(), ...then.keys()])) {
      const [one, other] = [now.get(point) ?? 'unset', then.get(point) ?? 'unset'];
      if (one === other) continue;
      const layers = [
        { layer: 'domain XML', says: one },
        { layer: 'inactive XML', says: other },
      ];
      violated({ point, expected: `${one} in the inactive XML too`, found: other, layers });
    }
  },
});

/** What the next start must find as it is now; each in words, so that they can be compared and shown. */
function essentials(domain: Domain): ReadonlyMap<string, string> {
  const { cpuTune, numaTune, memoryBacking, devices, vcpus } = domain;
  const said = new Map<string, string>([['vcpu cpuset', show(vcpus.cpuset)]]);
  for (const [vcpu, cpus] of cpuTune.vcpuPins) said.set(`vcpupin ${vcpu}`, show(cpus));
  said.set('emulatorpin', show(cpuTune.emulatorPin));
  for (const [id, cpus] of cpuTune.ioThreadPins) said.set(`iothreadpin ${id}`, show(cpus));
  said.set(
    'vcpusched',
    listed(
      cpuTune.vcpuScheds.map((each) => `${show(each.ids)} ${each.scheduler} ${each.priority ?? '-'}`).sort(),
    ),
  );
  said.set('numatune memory', show(numaTune?.memory?.nodeset));
  for (const [cell, { nodeset }] of numaTune?.memNodes ?? []) said.set(`memnode ${cell}`, show(nodeset));
  const pages = memoryBacking.hugepages?.map(({ sizeKib, nodeset }) => `${sizeKib} KiB in ${show(nodeset)}`);
  said.set('hugepages', pages === undefined ? 'none' : `pages ${pages.sort().join(', ')}`);
  said.set('locked memory', String(memoryBacking.locked));
  const hostdevs = devices.hostdevs.map(({ hostPci, mdevUuid }) => hostPci ?? mdevUuid ?? 'other');
  said.set('hostdevs', listed(hostdevs.sort()));
  const interfaces = devices.interfaces.map(
    ({ type, mac, hostPci, source }) => `${type} ${mac ?? ''} ${hostPci ?? source['bridge'] ?? ''}`,
  );
  said.set('interfaces', listed(interfaces.sort()));
  return said;
}
