import { expect, it } from 'vitest';
import { meansPredecessor, predecessorId, predecessorIds } from './predecessor-id.js';

const folder = 'whitebox_tempest_plugin.api.compute';
const image = 'test_watchdog_devices.WatchdogDeviceTest.test_action_with_image';

it('is the id that Tempest lists', () => {
  expect(predecessorId('test_vpmu.VPMUTest.test_rebuild_on_to_off')).toBe(
    `${folder}.test_vpmu.VPMUTest.test_rebuild_on_to_off`,
  );
});

it('is listed once more for each class that inherits it', () => {
  const test = 'test_guest_creation_with_vdpa_port';
  expect(predecessorIds(`test_vdpa.VDPASmokeTests.${test}`)).toEqual(
    ['VDPASmokeTests', 'VDPAColdMigration', 'VDPAResizeInstance', 'VDPAEvacuateInstance'].map(
      (name) => `${folder}.test_vdpa.${name}.${test}`,
    ),
  );
  expect(predecessorIds('test_vpmu.VPMUTest.test_off')).toHaveLength(1);
});

it.each([
  [`${folder}.test_vdpa.VDPAColdMigration.test_a[id-1]`, 'test_vdpa.VDPASmokeTests.test_a', true],
  [`${folder}.test_vdpa.VDPASmokeTests.test_a`, 'test_vdpa.VDPAColdMigration.test_a', false],
  [`${folder}.test_vpmu.VPMUTest.test_off`, 'test_vpmu.VPMUTest.test_off', true],
  [`${folder}.test_vpmu.VPMUTest.test_off[id-1,slow]`, 'test_vpmu.VPMUTest.test_off', true],
  [`${folder}.test_vpmu.VPMUTest.test_off[compute,volume]`, 'test_vpmu.VPMUTest.test_off', true],
  [`${folder}.${image}_06___reset____q35__[slow]`, `${image}[reset,q35]`, true],
  [`${folder}.test_vpmu.VPMUTest.test_off_again`, 'test_vpmu.VPMUTest.test_off', false],
  [`test_vpmu.VPMUTest.test_off`, 'test_vpmu.VPMUTest.test_off', false],
  [`${folder}.${image}_01___reset____pc__`, `${image}[reset,pc]`, true],
  [`${folder}.${image}_06___reset____q35__`, `${image}[reset,pc]`, false],
  [`${folder}.${image}_06___reset____q35__[id-1]`, `${image}[reset,q35]`, true],
  [`${folder}.${image}[reset,q35]`, `${image}[reset,q35]`, true],
  [`${folder}.${image}[reset,pc]`, `${image}[reset,q35]`, false],
  [`${folder}.${image}`, `${image}[reset,q35]`, true],
  [`${folder}.${image}s_1_reset_q35`, `${image}[reset,q35]`, false],
])('%s for %s: %s', (entry, replaced, meant) => {
  expect(meansPredecessor(entry, replaced)).toBe(meant);
});
