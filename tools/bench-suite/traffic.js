/** @typedef {import('./pcap.js').Packet} Packet */

/**
 * @typedef {object} Traffic what the machine of the tests had to do with the hosts
 * @property {number} ssh connections
 * @property {number} sshBytes of payload, both ways
 * @property {number} requests to the APIs
 * @property {number} restBytes of payload, both ways
 * @property {number} otherBytes: the database, where it is not reached through SSH
 */

/** @typedef {{ start: number, end: number }} Span seconds since 1970 */

const sshPort = 22;
const request = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S/;

/**
 * Counts at the network, so that both sides are measured the same way and neither by what it says of itself.
 * @param {readonly Packet[]} packets
 * @param {string} client address of the machine that the tests run on
 * @param {Span} [span] only what was sent within; a connection counts when it is opened
 * @returns {Traffic}
 */
export function countTraffic(packets, client, span = { start: -Infinity, end: Infinity }) {
  const traffic = { ssh: 0, sshBytes: 0, requests: 0, restBytes: 0, otherBytes: 0 };
  /** Ports of the hosts on which somebody spoke HTTP. @type {Set<string>} */
  const apis = new Set();
  for (const packet of packets)
    if (packet.from === client && request.test(packet.head))
      apis.add(`${packet.to}:${String(packet.toPort)}`);
  /** A first packet that was lost is sent again from the same port. @type {Map<string, number>} */
  const opened = new Map();
  for (const packet of packets) {
    const outward = packet.from === client;
    if (!outward && packet.to !== client) continue;
    const [host, port] = outward ? [packet.to, packet.toPort] : [packet.from, packet.fromPort];
    const own = outward ? packet.fromPort : packet.toPort;
    const key = `${String(own)}-${host}`;
    const again = packet.opens && packet.time - (opened.get(key) ?? -Infinity) < 10;
    if (packet.opens) opened.set(key, packet.time);
    if (packet.time < span.start || packet.time >= span.end) continue;
    if (port === sshPort) {
      if (outward && packet.opens && !again) traffic.ssh += 1;
      traffic.sshBytes += packet.bytes;
    } else if (apis.has(`${host}:${String(port)}`)) {
      if (outward && request.test(packet.head)) traffic.requests += 1;
      traffic.restBytes += packet.bytes;
    } else traffic.otherBytes += packet.bytes;
  }
  return traffic;
}
