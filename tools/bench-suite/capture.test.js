import { expect, it } from 'vitest';
import { interfaceTowards } from './capture.js';

const all = /** @type {Parameters<typeof interfaceTowards>[1]} */ (
  /** @type {unknown} */ ({
    lo: [{ family: 'IPv4', address: '127.0.0.1', netmask: '255.0.0.0' }],
    eth0: [
      { family: 'IPv6', address: 'fe80::1', netmask: 'ffff:ffff:ffff:ffff::' },
      { family: 'IPv4', address: '172.30.80.200', netmask: '255.255.255.128' },
    ],
    lab: [{ family: 'IPv4', address: '172.30.80.1', netmask: '255.255.255.128' }],
  })
);

it('finds the interface in whose network a host is', () => {
  expect(interfaceTowards('172.30.80.10', all)).toEqual({ name: 'lab', address: '172.30.80.1' });
  expect(interfaceTowards('172.30.90.10', all)).toBeUndefined();
});
