import { expect, type TestServer } from '@whitebox/testkit';

type Domain = Awaited<ReturnType<TestServer['xml']>>;

/**
 * Something of a guest as its running domain has it, once it is clear that the next start would make the same of it.
 *
 * @param of what to look at; addresses and aliases are better left out, as only a running domain has all of them
 */
export async function fromBothXmls<T>(server: TestServer, of: (domain: Domain) => T): Promise<T> {
  const [live, inactive] = await Promise.all([server.xml(), server.xml({ inactive: true })]);
  expect(of(inactive), 'inactive XML against domain XML').toEqual(of(live));
  return of(live);
}

/** Values that QEMU was started with after an option: `qemuOptions(server, '-device')`. */
export async function qemuOptions(server: TestServer, option: string): Promise<string[]> {
  const { commandLine } = await server.process();
  return commandLine.filter((_, index) => commandLine[index - 1] === option);
}

/** Drivers of the devices that QEMU was started with: "virtio-rng-pci". */
export async function qemuDrivers(server: TestServer): Promise<string[]> {
  const devices = await qemuOptions(server, '-device');
  expect(devices.length, `devices of the QEMU process of ${server.domain}`).toBeGreaterThan(0);
  return devices.map(driverOf);
}

/** libvirt writes `-device` as JSON where QEMU takes that, else as "driver,key=value". */
export function driverOf(device: string): string {
  if (!device.startsWith('{')) return device.split(',')[0] ?? '';
  const { driver } = JSON.parse(device) as { readonly driver?: unknown };
  return typeof driver === 'string' ? driver : '';
}
