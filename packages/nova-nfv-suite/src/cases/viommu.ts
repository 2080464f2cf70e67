import { expect, feature, kvm, shared, test, type TestServer } from '@whitebox/testkit';
import { fromBothXmls, qemuDrivers } from '../each-layer.js';

const replaced = (name: string): string => `test_viommu_devices.ViommuTestQ35ViaImage.${name}`;

test(
  'a flavor gives q35 guests an Intel IOMMU that remaps interrupts, and resizes take and give it',
  {
    // With interrupt remapping QEMU takes it with an interrupt controller that KVM and QEMU share only.
    since: 26,
    needs: [kvm(), feature('resize')],
    replaces: [
      replaced('test_deploy_intel_viommu_model_q35_via_image'),
      replaced('test_resize_intel_viommu_via_image'),
    ],
  },
  async ({ cloud }) => {
    const imageId = await cloud.image({ properties: { hw_machine_type: 'q35' } });
    const server = await cloud.boot({ flavor: withIommu, imageId });
    await expectIommu(server);

    await server.resize(shared(1));
    await expectNoIommu(server);

    await server.resize(withIommu);
    await expectIommu(server);

    await server.hardReboot();
    await expectIommu(server);
  },
);

const withIommu = shared(1, { 'hw:viommu_model': 'intel' });

/** nova/virt/libvirt/driver.py, _guest_add_iommu_device. */
async function expectIommu(server: TestServer): Promise<void> {
  const { iommus, ioapic } = await iommusOf(server);
  expect(iommus).toHaveLength(1);
  expect(iommus[0]).toMatchObject({
    model: 'intel',
    driver: { intremap: 'on', caching_mode: 'on', iotlb: 'on' },
  });
  expect(ioapic, 'driver of the I/O APIC').toBe('qemu');
  expect((await qemuDrivers(server)).filter(isIommu)).toEqual(['intel-iommu']);
}

async function expectNoIommu(server: TestServer): Promise<void> {
  expect((await iommusOf(server)).iommus).toEqual([]);
  expect((await qemuDrivers(server)).filter(isIommu)).toEqual([]);
}

function iommusOf(server: TestServer) {
  return fromBothXmls(server, ({ devices, features }) => ({
    iommus: devices.iommus.map(({ model, driver }) => ({ model, driver })),
    ioapic: features.ioapicDriver,
  }));
}

function isIommu(driver: string): boolean {
  return driver.includes('iommu');
}
