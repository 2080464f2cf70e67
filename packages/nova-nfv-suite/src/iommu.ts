/** What domain XML says that concerns a virtual IOMMU. */
export interface IommuXml {
  readonly iommus: readonly { readonly model: string; readonly driver: Readonly<Record<string, string>> }[];
  /** Driver of the I/O APIC. */
  readonly ioapic: string | undefined;
}

/** nova/virt/libvirt/driver.py, _guest_add_iommu_device. */
const attributes = { intremap: 'on', caching_mode: 'on', iotlb: 'on' } as const;

/**
 * What a guest lacks of the Intel IOMMU that Nova gives it, in words.
 *
 * @param drivers of the devices of its QEMU
 */
export function intelIommuProblems({ iommus, ioapic }: IommuXml, drivers: readonly string[]): string[] {
  const [iommu, ...others] = iommus;
  if (iommu === undefined || others.length > 0) return [`${iommus.length} IOMMUs in the domain XML`];
  const problems = iommu.model === 'intel' ? [] : [`model ${iommu.model}`];
  for (const [name, value] of Object.entries(attributes)) {
    const found = iommu.driver[name] ?? 'unset';
    if (found !== value) problems.push(`${name} ${found}`);
  }
  // Without it libvirt refuses to have interrupts remapped on KVM.
  if (ioapic !== 'qemu') problems.push(`I/O APIC of ${ioapic ?? 'the default'}`);
  const ofQemu = iommuDrivers(drivers);
  if (ofQemu.join() !== 'intel-iommu') problems.push(`QEMU has ${ofQemu.join(', ') || 'none'}`);
  return problems;
}

/** IOMMUs among the devices of QEMU: intel-iommu, virtio-iommu-pci. */
export function iommuDrivers(drivers: readonly string[]): string[] {
  return drivers.filter((driver) => driver.includes('iommu'));
}
