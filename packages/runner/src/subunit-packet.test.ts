import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodePacket } from './subunit-packet.js';

const hex = (packet: Parameters<typeof encodePacket>[0]): string => encodePacket(packet).toString('hex');
const file = (bytes: number, last = true): Parameters<typeof encodePacket>[0] => ({
  testId: 'foo',
  file: { name: 'f', mimeType: 'm', bytes: new Uint8Array(bytes), last },
});

describe('encodePacket', () => {
  it('is the packet of the documentation, but for the status', () => {
    // README.md of subunit has the same with status 1: b3 2901 0c 03666f6f 08555f1b.
    const packet = hex({ testId: 'foo', status: 'success' });
    expect(packet.slice(0, 16)).toBe('b329030c03666f6f');
  });

  it('ends with the checksum of all before it', () => {
    const packet = encodePacket({ testId: 'foo', status: 'fail', timestamp: new Date() });
    expect(packet.readUInt32BE(packet.length - 4)).toBe(crc32(packet.subarray(0, -4)));
  });

  it('has seconds and nanoseconds', () => {
    const packet = hex({ testId: 'a', timestamp: new Date(1_000_000_123) });
    // 1 000 000 s, then 123 000 000 ns in four octets, whose highest two bits are set
    expect(packet).toContain(`000f4240c754d4c00161`);
  });

  it.each([
    [46, '3f'],
    [47, '4041'],
    [16_364, '7fff'],
    [16_365, '804001'],
  ])('counts itself in a length of as few octets as there can be (file of %i bytes)', (bytes, length) => {
    const packet = encodePacket(file(bytes));
    expect(packet.subarray(3, 3 + length.length / 2).toString('hex')).toBe(length);
    expect(packet.length).toBe(Number.parseInt(length, 16) % 2 ** (4 * length.length - 2));
  });

  it('says which piece of a file is the last', () => {
    expect(encodePacket(file(1, true)).readUInt16BE(1) & 0x10).toBe(0x10);
    expect(encodePacket(file(1, false)).readUInt16BE(1) & 0x10).toBe(0);
  });

  it('refuses what the protocol has no length for', () => {
    expect(() => encodePacket(file(1 << 22))).toThrow(RangeError);
  });

  it('has no NUL in a text', () => {
    expect(encodePacket({ testId: 'a\0b', status: 'success' }).toString('utf8')).toContain('a\ufffdb');
  });
});
