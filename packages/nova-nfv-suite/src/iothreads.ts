import { expect, type Cloud, type CpuPlacement } from '@whitebox/testkit';

/**
 * From 33.0.0 on Nova gives each guest one I/O thread and pins it where the emulator threads run
 * (nova/virt/libvirt/driver.py, _get_guest_config); before, there is none.
 */
export async function expectIothreadsWithEmulator(cpus: CpuPlacement, cloud: Cloud): Promise<void> {
  if (!(await cloud.option('compute-feature-enabled', 'iothreads'))) return;
  expect([...cpus.iothreads.keys()]).toEqual([1]);
  expect(cpus.iothreads.get(1)).toBeCpus(cpus.emulator);
}
