import { crc32 } from 'node:zlib';

/** What one packet of subunit's protocol, version 2, says. */
export interface Packet {
  readonly testId: string;
  readonly status?: Status | undefined;
  readonly timestamp?: Date | undefined;
  /** A piece of a file of the test; `last` closes it. */
  readonly file?:
    | { readonly name: string; readonly mimeType: string; readonly bytes: Uint8Array; readonly last: boolean }
    | undefined;
}

export type Status = 'inprogress' | 'success' | 'skip' | 'fail';

const signature = 0xb3;
const version = 0x2000;
const flag = { testId: 0x0800, timestamp: 0x0200, runnable: 0x0100, file: 0x0040, mime: 0x0020, eof: 0x0010 };
const statusBits: Readonly<Record<Status, number>> = { inprogress: 2, success: 3, skip: 5, fail: 6 };

/** Bytes that a file may have in one packet; a packet may have less than 2^22. */
export const maxFileBytes = 1 << 20;

/**
 * One packet as bytes: signature, flags, length, fields, CRC-32 (README.md of testing-cabal/subunit, "Version 2").
 *
 * @throws RangeError where the packet becomes longer than the protocol has lengths for
 */
export function encodePacket({ testId, status, timestamp, file }: Packet): Buffer {
  const flags =
    version |
    flag.testId |
    flag.runnable |
    (timestamp === undefined ? 0 : flag.timestamp) |
    (file === undefined ? 0 : flag.file | flag.mime | (file.last ? flag.eof : 0)) |
    (status === undefined ? 0 : statusBits[status]);
  const fields = Buffer.concat([
    ...(timestamp === undefined ? [] : encodeTime(timestamp)),
    ...encodeText(testId),
    ...(file === undefined ? [] : [...encodeText(file.mimeType), ...encodeText(file.name)]),
    ...(file === undefined ? [] : [encodeNumber(file.bytes.length), Buffer.from(file.bytes)]),
  ]);
  const head = Buffer.from([signature, flags >> 8, flags & 0xff]);
  const length = encodeLength(head.length + fields.length + 4);
  const packet = Buffer.concat([head, length, fields]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(packet));
  return Buffer.concat([packet, checksum]);
}

/** The length counts itself. */
function encodeLength(others: number): Buffer {
  const size = [1, 2, 3].find((octets) => others + octets < 1 << (8 * octets - 2));
  if (size === undefined) throw new RangeError(`a packet of ${others} bytes is too long for subunit`);
  return encodeNumber(others + size);
}

/** The two highest bits say how many more octets follow. */
function encodeNumber(value: number): Buffer {
  const octets = [1, 2, 3, 4].find((count) => value < 2 ** (8 * count - 2));
  if (octets === undefined) throw new RangeError(`${value} is too large for subunit`);
  const bytes = Buffer.alloc(octets);
  bytes.writeUIntBE(value + (octets - 1) * 2 ** (8 * octets - 2), 0, octets);
  return bytes;
}

function encodeText(text: string): Buffer[] {
  const bytes = Buffer.from(text.replaceAll('\0', '\ufffd'));
  return [encodeNumber(bytes.length), bytes];
}

function encodeTime(time: Date): Buffer[] {
  const seconds = Buffer.alloc(4);
  seconds.writeUInt32BE(Math.floor(time.getTime() / 1000));
  return [seconds, encodeNumber((time.getTime() % 1000) * 1e6)];
}
