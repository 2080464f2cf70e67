import { describe, expect, it } from 'vitest';
import {
  addressIn,
  formatAddress,
  formatSubnet,
  overlap,
  parseAddress,
  parseLabSubnet,
  parseNetwork,
} from './ipv4.js';

describe('IPv4 addresses', () => {
  it('go to numbers and back, also above 2^31', () => {
    for (const text of ['0.0.0.0', '10.1.2.3', '172.30.240.10', '255.255.255.255']) {
      expect(formatAddress(parseAddress(text))).toBe(text);
    }
    expect(parseAddress('128.0.0.1')).toBe(2 ** 31 + 1);
  });

  it.each(['', '1.2.3', '1.2.3.4.5', '1.2.3.256', 'a.b.c.d', '1.2.3.-4', '1..2.3'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseAddress(text)).toThrow('is not an IPv4 address');
    },
  );
});

describe('IPv4 networks', () => {
  it('drop host bits, and take one address as a network of one', () => {
    expect(formatSubnet(parseNetwork('172.30.240.17/24'))).toBe('172.30.240.0/24');
    expect(formatSubnet(parseNetwork('10.0.0.1'))).toBe('10.0.0.1/32');
    expect(formatSubnet(parseNetwork('10.9.8.7/0'))).toBe('0.0.0.0/0');
  });

  it.each([
    ['172.30.240.0/24', '172.30.240.0/24', true],
    ['172.30.240.0/24', '172.30.240.128/25', true],
    ['172.16.0.0/12', '172.30.240.0/24', true],
    ['172.30.240.0/24', '172.30.240.9', true],
    ['172.30.240.0/24', '172.30.241.0/24', false],
    ['172.30.240.0/24', '172.30.239.255', false],
    ['0.0.0.0/0', '172.30.240.0/24', true],
  ])('%s and %s overlap: %s', (a, b, expected) => {
    expect(overlap(parseNetwork(a), parseNetwork(b))).toBe(expected);
    expect(overlap(parseNetwork(b), parseNetwork(a))).toBe(expected);
  });

  it('give their n-th address and no more than they have', () => {
    const subnet = parseNetwork('172.30.240.0/24');
    expect(addressIn(subnet, 10)).toBe('172.30.240.10');
    expect(() => addressIn(subnet, 256)).toThrow('172.30.240.0/24 has no address number 256');
  });
});

describe('the network of a lab', () => {
  it('may be from /16 to /26', () => {
    expect(formatSubnet(parseLabSubnet('10.8.0.0/16', '--subnet'))).toBe('10.8.0.0/16');
    expect(() => parseLabSubnet('10.0.0.0/8', '--subnet')).toThrow('--subnet 10.0.0.0/8 has a prefix of 8');
    expect(() => parseLabSubnet('10.0.0.0/27', '--subnet')).toThrow('prefix of 27');
  });

  it('is written without host bits, and the error shows how', () => {
    expect(() => parseLabSubnet('10.8.0.7/24', '--subnet')).toThrow(
      expect.objectContaining({ details: { advice: 'Write it as 10.8.0.0/24.', exitCode: 2 } }),
    );
    expect(() => parseLabSubnet('10.8.0.0', '--subnet')).toThrow('not written as a network');
  });
});
