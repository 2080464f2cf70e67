import type { InstanceNumaTopology, PciRequest } from '@whitebox/db';
import { guestRule } from '../rule.js';
import { listed } from '../said.js';

export const i40 = guestRule({
  id: 'I40',
  statement:
    'the request spec of a server asks for the flavor, the NUMA shape and the devices that the server has',
  source:
    'nova/compute/api.py, resize and revert_resize; nova/objects/request_spec.py (lp#1983753, lp#1941005)',
  transience: 'stuck',
  confidence: 'likely',
  remedy:
    'No command writes a request spec alone: openstack server resize --flavor FLAVOR SERVER and its confirmation write it anew',
  reads: ['database'],
  guest: ['requestSpec', 'extra'],
  check: ({ requestSpec, extra }, _, { violated }) => {
    if (extra === null) return;
    if (requestSpec === null) {
      violated({ point: 'request spec', expected: 'one', found: 'none' });
      return;
    }
    const compare = (point: string, expected: string, found: string): void => {
      if (expected === found) return;
      violated({
        point,
        expected: `${expected} (instance_extra)`,
        found: `${found} (request_specs)`,
        layers: [
          { layer: 'instance_extra', says: expected },
          { layer: 'request_specs', says: found },
        ],
      });
    };
    const flavor = extra.flavors?.current;
    if (flavor !== undefined) compare('flavor', flavor.flavorId, requestSpec.flavor.flavorId);
    const [have, asked] = shapes(extra.numaTopology, requestSpec.numaTopology);
    compare('NUMA topology', have, asked);
    compare('PCI requests', aliases(extra.pciRequests), aliases(requestSpec.pciRequests));
  },
});

/** What both must have alike; a page size that was asked for by word may have become any. */
function shapes(have: InstanceNumaTopology | null, asked: InstanceNumaTopology | null): [string, string] {
  const wish = asked?.cells.some(({ pagesizeWish }) => pagesizeWish !== null) ?? false;
  const shape = (topology: InstanceNumaTopology | null): string => {
    if (topology === null) return 'none';
    const cells = topology.cells.map(
      ({ cpuset, pcpuset, memoryMiB, pagesizeKiB, cpuPolicy, cpuThreadPolicy }) =>
        `${cpuset.size} floating and ${pcpuset.size} dedicated vCPUs, ${memoryMiB} MiB` +
        `${wish || pagesizeKiB === null ? '' : ` in ${pagesizeKiB} KiB`}, ${cpuPolicy ?? 'shared'}, ${cpuThreadPolicy ?? 'any threads'}`,
    );
    return `${cells.join('; ')}; emulator threads ${topology.emulatorThreadsPolicy ?? 'anywhere'}`;
  };
  return [shape(have), shape(asked)];
}

/** Devices of ports are not in every request spec. */
function aliases(requests: readonly PciRequest[]): string {
  return listed(
    requests.flatMap(({ aliasName, count }) => (aliasName === null ? [] : [`${count} ${aliasName}`])).sort(),
  );
}
