import { expect, it } from 'vitest';
import { intelIommuProblems, type IommuXml } from './iommu.js';

const driver = { intremap: 'on', caching_mode: 'on', iotlb: 'on', eim: 'on', aw_bits: '48' };
const good: IommuXml = { iommus: [{ model: 'intel', driver }], ioapic: 'qemu' };
const drivers = ['intel-iommu', 'virtio-blk-pci'];

it('takes the IOMMU that Nova gives', () => {
  expect(intelIommuProblems(good, drivers)).toEqual([]);
});

it.each<[string, IommuXml, readonly string[], readonly string[]]>([
  ['no IOMMU', { ...good, iommus: [] }, ['virtio-blk-pci'], ['0 IOMMUs in the domain XML']],
  ['two', { ...good, iommus: [...good.iommus, ...good.iommus] }, drivers, ['2 IOMMUs in the domain XML']],
  [
    'interrupts not remapped, attributes missing',
    { ...good, iommus: [{ model: 'intel', driver: { intremap: 'off' } }] },
    drivers,
    ['intremap off', 'caching_mode unset', 'iotlb unset'],
  ],
  [
    'another model',
    { ...good, iommus: [{ model: 'virtio', driver }] },
    ['virtio-iommu-pci'],
    ['model virtio', 'QEMU has virtio-iommu-pci'],
  ],
  ['the I/O APIC of KVM', { ...good, ioapic: undefined }, drivers, ['I/O APIC of the default']],
  ['XML alone', good, ['virtio-blk-pci'], ['QEMU has none']],
])('tells %s', (_, xml, found, problems) => {
  expect(intelIommuProblems(xml, found)).toEqual(problems);
});
