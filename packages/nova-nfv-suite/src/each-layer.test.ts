import { expect, it } from 'vitest';
import { driverOf } from './each-layer.js';

it.each([
  ['{"driver":"virtio-rng-pci","rng":"objrng0","id":"rng0"}', 'virtio-rng-pci'],
  ['virtio-rng-pci,rng=objrng0,id=rng0', 'virtio-rng-pci'],
  ['i6300esb', 'i6300esb'],
  ['{"id":"no driver"}', ''],
])('finds the driver of the device %s', (device, driver) => {
  expect(driverOf(device)).toBe(driver);
});
