import { expect, it } from 'vitest';
import type { Discovered, Need } from '../needs.js';
import {
  freePassthroughDevices,
  freePersistentMemory,
  freePortDevices,
  freeVirtualGpus,
} from './device-needs.js';
import type { HostDevices, HostPool } from './host-devices.js';
import { pmemNamespacesOf } from './pmem-namespaces.js';

const bare: HostDevices = {
  name: 'a',
  pools: [],
  known: new Map(),
  deviceSpec: [],
  gpus: [],
  mdevTypes: [],
  pmem: new Map(),
};
const pool = (change: Partial<HostPool> = {}): HostPool => ({
  type: 'type-VF',
  physicalNetwork: 'physnet1',
  vendorId: '8086',
  productId: '154c',
  numaNode: 0,
  count: 2,
  ...change,
});
const cloud = (...hosts: readonly Partial<HostDevices>[]): Discovered => ({
  capacity: () => Promise.reject(new Error('not asked for')),
  hostDevices: () => Promise.resolve(hosts.map((host) => ({ ...bare, ...host }))),
  novaApis: () => Promise.resolve({ services: [], obstacle: undefined }),
  computes: [],
  maxMicroversion: '2.93',
  options: { explain: () => Promise.reject(new Error('not asked for')) },
});
const spec = '{"address": "0000:81:00.*"}';

it.each<[string, Need, Discovered, string | undefined, boolean?]>([
  ['met', freePortDevices('direct', { perHost: 2 }), cloud({ pools: [pool()] }), undefined],
  [
    'a bare host',
    freePortDevices('direct'),
    cloud({}),
    'a: no row in pci_devices, [pci] device_spec unset',
    false,
  ],
  [
    'a spec that matches nothing',
    freePortDevices('vdpa'),
    cloud({ deviceSpec: [spec] }),
    `a: no row in pci_devices, [pci] device_spec ${spec}`,
    false,
  ],
  [
    'all are taken',
    freePortDevices('macvtap'),
    cloud({ pools: [pool({ count: 0 })], known: new Map([['type-VF', 2]]) }),
    'a: 0 free type-VF of physnet1',
    true,
  ],
  [
    'one host has some',
    freePortDevices('direct', { hosts: 2 }),
    cloud({ pools: [pool()] }, { name: 'b' }),
    'a: 2 free type-VF of physnet1; b: no row in pci_devices, [pci] device_spec unset',
    false,
  ],
  [
    'of two networks',
    freePortDevices('direct', { perHost: 3 }),
    cloud({ pools: [pool(), pool({ physicalNetwork: 'physnet2' })] }),
    'a: 2 free type-VF of physnet1 and 2 free type-VF of physnet2',
    false,
  ],
  [
    'only for ports',
    freePassthroughDevices(),
    cloud({ pools: [pool()] }),
    'a: 2 free type-VF of physnet1',
    false,
  ],
  ['for flavors', freePassthroughDevices(), cloud({ pools: [pool({ physicalNetwork: null })] }), undefined],
  [
    'a GPU of which Nova was not told',
    freeVirtualGpus(),
    cloud({ mdevTypes: ['nvidia-35'] }),
    'a: 0 providers of VGPU, 1 types of mediated devices',
    false,
  ],
  [
    'vGPUs',
    freeVirtualGpus({ perHost: 2 }),
    cloud({ gpus: [{ parent: '0000:84:00.0', total: 4, free: 2, traits: [] }] }),
    undefined,
  ],
  [
    'no persistent memory',
    freePersistentMemory(),
    cloud({}),
    'a: no CUSTOM_PMEM_NAMESPACE_* in Placement',
    false,
  ],
  [
    'taken',
    freePersistentMemory(),
    cloud({ pmem: new Map([['4GB', { total: 1, free: 0 }]]) }),
    'a: 0 of 4GB',
    true,
  ],
])('%s', async (_, need, found, evidence, transient) => {
  expect(need.hardware).toBeDefined();
  expect(await need.missing(found)).toEqual(evidence === undefined ? undefined : { evidence, transient });
});

it('reads namespaces that have a name', () => {
  const one = { size: 33554432, daxregion: { align: 2097152, devices: [{ chardev: 'dax0.0' }] } };
  expect(pmemNamespacesOf(JSON.stringify([{ ...one, name: 'ns0' }, one]), 'a')).toEqual([
    { name: 'ns0', path: '/dev/dax0.0', sizeKib: 32768 },
  ]);
  expect(pmemNamespacesOf('', 'a')).toEqual([]);
  expect(() => pmemNamespacesOf('[{"name": "ns0", "mode": "fsdax"}]', 'a')).toThrow('create-namespace');
});
