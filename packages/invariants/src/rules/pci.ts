import { CpuSet } from '@whitebox/core';
import type { PciDeviceRow } from '@whitebox/db';
import type { Domain } from '@whitebox/libvirt-xml';
import { hasXml } from '../has-xml.js';
import type { Invariant } from '../invariant.js';
import { guestRule, hostRule } from '../rule.js';
import { listed, sum } from '../said.js';
import type { HostSnapshot } from '../snapshot.js';

/** PCI addresses of the host that a guest has for itself. */
function addresses({ devices }: Domain): readonly string[] {
  return [...devices.hostdevs, ...devices.interfaces].flatMap(({ hostPci }) => hostPci ?? []).sort();
}

/** Macvtap and vDPA: the XML names a device of the host, not its address. */
function hasNamedDevices({ devices }: Domain): boolean {
  return devices.interfaces.some(({ type }) => type === 'direct' || type === 'vdpa');
}

const given: Invariant = guestRule({
  id: 'I25',
  statement:
    'the devices that the database allocates to a server are on its host, as many as it asked for, and in its XML',
  source: 'nova/pci/manager.py and stats.py (lp#1986838, lp#2098496, lp#1860555)',
  transient: true,
  layers: ['database', 'domain XML'],
  guest: ['extra', 'live'],
  host: ['pciDevices'],
  applies: (guest) => hasXml(guest),
  check: ({ uuid, extra, live }, { pciDevices }, { snapshot, violated }) => {
    if (live === null || extra === null) return;
    const mine = pciDevices.filter(
      ({ instanceUuid, status }) => instanceUuid === uuid && status === 'allocated',
    );
    for (const { requestId, count, aliasName } of extra.pciRequests) {
      const found = mine.filter((device) => device.requestId === requestId).length;
      if (found !== count)
        violated({
          point: `devices of request ${aliasName ?? requestId ?? ''}`,
          expected: `${count} (pci_requests)`,
          found: `${found} (pci_devices)`,
        });
    }
    for (const { name, pciDevices: others = [] } of snapshot.hosts) {
      if (name === live.name || others === pciDevices) continue;
      const left = others.filter(
        ({ instanceUuid, status }) => instanceUuid === uuid && ['allocated', 'claimed'].includes(status),
      );
      const moving = (snapshot.migrations ?? []).some(
        ({ instanceUuid, inProgress }) => instanceUuid === uuid && inProgress,
      );
      if (left.length > 0 && !moving)
        violated({
          point: `devices of ${name}`,
          expected: 'none, as it is not there',
          found: listed(left.map(({ address, status }) => `${address} ${status}`)),
        });
    }
    if (hasNamedDevices(live)) return;
    const xml = addresses(live);
    const missing = mine.filter(({ address }) => !xml.includes(address));
    if (missing.length > 0)
      violated({
        point: 'devices in the XML',
        expected: `${listed(mine.map(({ address }) => address))} (pci_devices)`,
        found: `${listed(xml)} (domain XML)`,
      });
  },
});

const taken: Invariant = guestRule({
  id: 'I26',
  statement: 'the XML of a server has no device of the host that the database has not given to it',
  source: 'nova/virt/libvirt/driver.py, _get_guest_pci_device (lp#1896463, lp#1633120)',
  transient: true,
  layers: ['domain XML', 'database'],
  guest: ['live'],
  host: ['pciDevices', 'domains'],
  applies: hasXml,
  check: ({ uuid, live }, { pciDevices, domains }, { violated }) => {
    if (live === null) return;
    for (const address of addresses(live)) {
      const row = pciDevices.find((device) => device.address === address);
      if (row?.instanceUuid !== uuid || row.status !== 'allocated')
        violated({
          point: `device ${address}`,
          expected: 'allocated to it (pci_devices)',
          found: row === undefined ? 'no row' : `${row.status}, ${row.instanceUuid ?? "nobody's"}`,
        });
      for (const domain of domains) {
        if (domain.uuid === uuid || domain.xml === undefined || !addresses(domain.xml).includes(address))
          continue;
        violated({ point: `device ${address}`, expected: 'in one domain', found: `in ${domain.name} too` });
      }
    }
  },
});

const owners: Invariant = hostRule({
  id: 'I27',
  statement:
    'a device that is given away is given to a server on its host, and claimed only while something is under way',
  source: 'nova/objects/pci_device.py; nova/pci/manager.py (lp#1641750)',
  transient: true,
  layers: ['database'],
  host: ['pciDevices', 'instances'],
  migrations: true,
  check: ({ name, pciDevices, instances }, { snapshot, violated }) => {
    for (const { address, instanceUuid, status } of pciDevices) {
      if (instanceUuid === null) continue;
      const instance = instances.find(({ uuid }) => uuid === instanceUuid);
      const moving = (snapshot.migrations ?? []).some(
        (migration) =>
          migration.instanceUuid === instanceUuid &&
          migration.inProgress &&
          [migration.sourceCompute, migration.destCompute].includes(name),
      );
      if (moving) continue;
      if (instance === undefined)
        violated({
          point: `device ${address}`,
          expected: `a server on ${name}`,
          found: `${status} to ${instanceUuid}`,
        });
      else if (status === 'claimed' && instance.taskState === null)
        violated({ point: `device ${address}`, expected: 'allocated', found: `claimed for ${instanceUuid}` });
    }
  },
});

const functions: Invariant = hostRule({
  id: 'I28',
  statement: 'a physical function and its virtual functions are not given away both',
  source: 'nova/objects/pci_device.py, claim and allocate (lp#1969496, lp#1567549)',
  transient: true,
  layers: ['database'],
  host: ['pciDevices'],
  check: ({ pciDevices }, { violated }) => {
    const used = ({ status }: PciDeviceRow): boolean => ['allocated', 'claimed'].includes(status);
    for (const parent of pciDevices.filter(({ type }) => type === 'type-PF')) {
      const children = pciDevices.filter(({ parentAddress }) => parentAddress === parent.address);
      const says = (expected: string, devices: readonly PciDeviceRow[]): void => {
        if (devices.length > 0)
          violated({
            point: `functions of ${parent.address}`,
            expected,
            found: listed(devices.map(({ address, status }) => `${address} ${status}`)),
          });
      };
      const free = ({ status }: PciDeviceRow): boolean => status === 'available';
      if (used(parent))
        says(
          'all virtual ones unavailable, as the physical one is given away',
          children.filter((child) => used(child) || free(child)),
        );
      else if (children.some(used))
        says('the physical one unavailable, as a virtual one is given away', [parent].filter(free));
      else {
        says(
          'the physical one available, as no virtual one is given away',
          [parent].filter(({ status }) => status === 'unavailable' && children.length > 0),
        );
        says(
          'the virtual ones available, as the physical one is',
          children.filter(({ status }) => status === 'unavailable'),
        );
      }
    }
  },
});

const affinity: Invariant = guestRule({
  id: 'I31',
  statement: 'a device that must be near the guest is of one of its host cells',
  source: 'nova/pci/stats.py, _filter_pools_for_numa_cells (lp#1893221)',
  layers: ['database'],
  guest: ['extra'],
  host: ['pciDevices'],
  applies: ({ extra }) =>
    extra?.numaTopology != null && extra.pciRequests.some(({ numaPolicy }) => numaPolicy === 'required'),
  check: ({ uuid, extra }, { pciDevices }, { violated }) => {
    const cells = CpuSet.from(extra?.numaTopology?.cells.map(({ id }) => id) ?? []);
    for (const { requestId, numaPolicy } of extra?.pciRequests ?? []) {
      if (numaPolicy !== 'required') continue;
      for (const { address, numaNode, ...device } of pciDevices) {
        if (device.instanceUuid !== uuid || device.requestId !== requestId) continue;
        if (numaNode !== null && !cells.has(numaNode))
          violated({
            point: `device ${address}`,
            expected: `on a cell of ${cells.toString()}`,
            found: `on ${numaNode}`,
          });
      }
    }
  },
});

const pools: Invariant = hostRule({
  id: 'I32',
  statement: 'the pools of a compute node count its devices that are available',
  source: 'nova/pci/stats.py (lp#1892361)',
  transient: true,
  layers: ['database'],
  host: ['computeNode', 'pciDevices'],
  check: ({ computeNode, pciDevices }, { violated }) => {
    const counts = new Map<string, [number, number]>();
    const key = (vendor: string, product: string, node: number | null, type: string): string =>
      `${vendor}:${product} ${type} on cell ${node ?? 'none'}`;
    const add = (name: string, pool: number, rows: number): void => {
      const [one, other] = counts.get(name) ?? [0, 0];
      counts.set(name, [one + pool, other + rows]);
    };
    for (const { vendorId, productId, numaNode, count, tags } of computeNode?.pciPools ?? [])
      add(key(vendorId, productId, numaNode, tags['dev_type'] ?? ''), count, 0);
    for (const { vendorId, productId, numaNode, type, status } of pciDevices)
      add(key(vendorId, productId, numaNode, type), 0, status === 'available' ? 1 : 0);
    for (const [point, [pool, rows]] of counts)
      if (pool !== rows)
        violated({ point, expected: `${rows} available (pci_devices)`, found: `${pool} (pci_stats)` });
  },
});

const managed: Invariant = hostRule({
  id: 'I33',
  statement:
    'a resource provider of a PCI device has as much as the database has devices, and gives them to the same servers',
  source: 'nova/compute/pci_placement_translator.py (lp#2115905)',
  transient: true,
  layers: ['Placement', 'database'],
  host: ['providers', 'pciDevices'],
  applies: ({ providers }) => devicesOf(providers).length > 0,
  check: ({ providers, pciDevices }, { violated }) => {
    for (const { id, name, inventories, allocations } of devicesOf(providers)) {
      const rows = pciDevices.filter(
        ({ extraInfo, status }) => extraInfo['rp_uuid'] === id && !['removed', 'deleted'].includes(status),
      );
      const total = sum(Object.values(inventories).map((inventory) => inventory.total));
      if (total !== rows.length)
        violated({
          point: `inventory of ${name}`,
          expected: `${rows.length} (pci_devices)`,
          found: `${total} (Placement)`,
        });
      for (const [consumer, resources] of Object.entries(allocations)) {
        const amount = sum(Object.values(resources));
        const theirs = rows.filter(({ instanceUuid }) => instanceUuid === consumer).length;
        if (amount !== theirs)
          violated({
            point: `${name} of ${consumer}`,
            expected: `${theirs} (pci_devices)`,
            found: `${amount} (Placement)`,
          });
      }
    }
  },
});

function devicesOf(
  providers: NonNullable<HostSnapshot['providers']>,
): NonNullable<HostSnapshot['providers']> {
  return providers.filter(({ traits }) => traits.includes('COMPUTE_MANAGED_PCI_DEVICE'));
}

export const pci: readonly Invariant[] = [given, taken, owners, functions, affinity, pools, managed];
