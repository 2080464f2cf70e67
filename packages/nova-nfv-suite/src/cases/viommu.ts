import { expect, feature, kvm, shared, test, type TestServer } from '@whitebox/testkit';
import { fromBothXmls, qemuDrivers } from '../each-layer.js';
import { intelIommuProblems, iommuDrivers, type IommuXml } from '../iommu.js';

const replaced = (name: string): string => `test_viommu_devices.ViommuTestQ35ViaImage.${name}`;

test(
  'a flavor gives q35 guests an Intel IOMMU that remaps interrupts, and resizes take and give it',
  {
    claim: {},
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

async function expectIommu(server: TestServer): Promise<void> {
  const problems = intelIommuProblems(await iommusOf(server), await qemuDrivers(server));
  expect(problems, 'problems of the IOMMU').toEqual([]);
}

async function expectNoIommu(server: TestServer): Promise<void> {
  expect((await iommusOf(server)).iommus).toEqual([]);
  expect(iommuDrivers(await qemuDrivers(server))).toEqual([]);
}

function iommusOf(server: TestServer): Promise<IommuXml> {
  return fromBothXmls(server, ({ devices, features }) => ({
    iommus: devices.iommus.map(({ model, driver }) => ({ model, driver })),
    ioapic: features.ioapicDriver,
  }));
}
