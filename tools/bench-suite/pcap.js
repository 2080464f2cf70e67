// Reads what tcpdump writes: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html

/**
 * @typedef {object} Packet of TCP over IPv4
 * @property {number} time seconds since 1970
 * @property {string} from address
 * @property {string} to
 * @property {number} fromPort
 * @property {number} toPort
 * @property {boolean} opens the first packet of a connection: SYN without ACK
 * @property {number} bytes of payload, also of what was not captured
 * @property {string} head the beginning of the payload, as far as captured
 */

const fileHeader = 24;
const recordHeader = 16;
const ethernetHeader = 14;
const ipv4 = 0x08_00;
const tcp = 6;

/**
 * @param {Buffer} file whole contents of a pcap file; a record that was cut off at its end is left out
 * @returns {Packet[]}
 */
export function readPackets(file) {
  if (file.length < fileHeader) throw new Error('This is no capture: it is too short.');
  const magic = file.readUInt32LE(0);
  if (magic !== 0xa1_b2_c3_d4)
    throw new Error(`This is no pcap file of this machine: it begins with ${magic.toString(16)}.`);
  if (file.readUInt32LE(20) !== 1) throw new Error('The capture is not of an Ethernet interface.');
  /** @type {Packet[]} */
  const packets = [];
  let at = fileHeader;
  while (at + recordHeader <= file.length) {
    const captured = file.readUInt32LE(at + 8);
    const begins = at + recordHeader;
    if (begins + captured > file.length) break;
    const time = file.readUInt32LE(at) + file.readUInt32LE(at + 4) / 1e6;
    const packet = tcpPacket(file.subarray(begins, begins + captured), time);
    if (packet !== undefined) packets.push(packet);
    at = begins + captured;
  }
  return packets;
}

/** @param {Buffer} frame @param {number} time @returns {Packet | undefined} */
function tcpPacket(frame, time) {
  if (frame.length < ethernetHeader + 40 || frame.readUInt16BE(12) !== ipv4) return undefined;
  const ip = frame.subarray(ethernetHeader);
  if (ip.readUInt8(9) !== tcp) return undefined;
  const ipBytes = (ip.readUInt8(0) & 0xf) * 4;
  if (ip.length < ipBytes + 20) return undefined;
  const segment = ip.subarray(ipBytes);
  const tcpBytes = (segment.readUInt8(12) >> 4) * 4;
  const flags = segment.readUInt8(13);
  const bytes = ip.readUInt16BE(2) - ipBytes - tcpBytes;
  return {
    time,
    from: address(ip, 12),
    to: address(ip, 16),
    fromPort: segment.readUInt16BE(0),
    toPort: segment.readUInt16BE(2),
    opens: (flags & 0x12) === 0x02,
    bytes,
    head: bytes > 0 ? segment.subarray(tcpBytes, tcpBytes + bytes).toString('latin1') : '',
  };
}

/** @param {Buffer} ip @param {number} at */
function address(ip, at) {
  return [...ip.subarray(at, at + 4)].join('.');
}
