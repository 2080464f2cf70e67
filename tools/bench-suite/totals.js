import { median } from '../bench/measure.js';
import { countTraffic } from './traffic.js';

/** @typedef {import('./traffic.js').Traffic & { seconds: number }} Cost */
/** @typedef {import('./traffic.js').Span} Span */
/** @typedef {import('./pcap.js').Packet} Packet */

/**
 * @param {readonly Packet[]} packets
 * @param {string} client
 * @param {readonly Span[]} spans
 * @returns {Cost} of all of them together
 */
export function costOf(packets, client, spans) {
  return addUp(
    spans.map((span) => ({ ...countTraffic(packets, client, span), seconds: span.end - span.start })),
  );
}

/** @param {readonly Cost[]} costs @returns {Cost} */
export function addUp(costs) {
  return each((key) => costs.reduce((sum, cost) => sum + cost[key], 0));
}

/** @param {Cost} all @param {Cost} part @returns {Cost} */
export function less(all, part) {
  return each((key) => all[key] - part[key]);
}

/** @param {readonly Cost[]} rounds @returns {Cost} the median of each number */
export function medianCost(rounds) {
  return each((key) => median(rounds.map((round) => round[key])));
}

/** @param {(key: keyof Cost) => number} value @returns {Cost} */
function each(value) {
  return {
    seconds: value('seconds'),
    ssh: value('ssh'),
    sshBytes: value('sshBytes'),
    requests: value('requests'),
    restBytes: value('restBytes'),
    otherBytes: value('otherBytes'),
  };
}
