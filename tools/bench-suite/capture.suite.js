/**
 * @typedef {object} Sent
 * @property {number} time
 * @property {string} from "address:port"
 * @property {string} to
 * @property {number} flags of TCP
 * @property {string} [payload] as much of it as was captured
 * @property {number} [length] of the whole payload
 * @property {number} [protocol]
 */

/**
 * A capture as tcpdump writes it.
 * @param {readonly Sent[]} packets
 * @returns {Buffer}
 */
export function captured(packets) {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1_b2_c3_d4, 0);
  header.writeUInt32LE(1, 20);
  return Buffer.concat([header, ...packets.map(recordOf)]);
}

/** @param {Sent} sent */
function recordOf({ time, from, to, flags, payload = '', length = payload.length, protocol = 6 }) {
  const frame = Buffer.alloc(14 + 20 + 32);
  frame.writeUInt16BE(0x08_00, 12);
  const ip = frame.subarray(14);
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(20 + 32 + length, 2);
  ip.writeUInt8(protocol, 9);
  const [source, target] = [from, to].map((end) => end.split(':'));
  for (const [at, end] of /** @type {const} */ ([
    [12, source],
    [16, target],
  ]))
    for (const [index, part] of (end?.[0] ?? '').split('.').entries())
      ip.writeUInt8(Number(part), at + index);
  const tcp = ip.subarray(20);
  tcp.writeUInt16BE(Number(source?.[1]), 0);
  tcp.writeUInt16BE(Number(target?.[1]), 2);
  tcp.writeUInt8(8 << 4, 12);
  tcp.writeUInt8(flags, 13);
  const bytes = Buffer.concat([frame, Buffer.from(payload, 'latin1')]);
  const record = Buffer.alloc(16);
  record.writeUInt32LE(Math.floor(time), 0);
  record.writeUInt32LE(Math.round((time % 1) * 1e6), 4);
  record.writeUInt32LE(bytes.length, 8);
  record.writeUInt32LE(14 + 20 + 32 + length, 12);
  return Buffer.concat([record, bytes]);
}
