import { formatSeconds } from '../support/progress.js';

/**
 * @typedef {object} Side
 * @property {string} name
 * @property {() => Promise<number>} measure milliseconds of one operation
 */

/**
 * @typedef {object} Comparison
 * @property {string} title
 * @property {Side} ours
 * @property {Side} theirs
 * @property {number} rounds
 */

/**
 * @typedef {object} Result
 * @property {string} title
 * @property {string} ours
 * @property {string} theirs
 * @property {number} oursMs median
 * @property {number} theirsMs median
 * @property {number} ratio median of theirs / ours: above 1 Whitebox is faster
 * @property {number} min the smallest ratio of a round
 * @property {number} max
 * @property {number} rounds
 */

/** @param {readonly number[]} values @returns {number} */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * Measures both sides in turn, in the other order each round, so that whatever else the machine does meets both; the
 * ratio is taken within a round. One round before counts for nothing: it warms both up.
 * @param {Comparison} comparison
 * @param {(detail: string) => void} update
 * @returns {Promise<Result>}
 */
export async function compare({ title, ours, theirs, rounds }, update) {
  /** @type {{ ours: number, theirs: number }[]} */
  const seen = [];
  for (let round = 0; round <= rounds; round += 1) {
    update(round === 0 ? 'warming up' : `round ${String(round)} of ${String(rounds)}`);
    const first = round % 2 === 0 ? ours : theirs;
    const second = first === ours ? theirs : ours;
    const a = await first.measure();
    const b = await second.measure();
    if (round > 0) seen.push(first === ours ? { ours: a, theirs: b } : { ours: b, theirs: a });
  }
  const ratios = seen.map((one) => one.theirs / one.ours);
  return {
    title,
    ours: ours.name,
    theirs: theirs.name,
    oursMs: median(seen.map((one) => one.ours)),
    theirsMs: median(seen.map((one) => one.theirs)),
    ratio: median(ratios),
    min: Math.min(...ratios),
    max: Math.max(...ratios),
    rounds,
  };
}

/**
 * @param {number} count
 * @param {() => unknown} work
 * @returns {Promise<number>} milliseconds of one call
 */
export async function timeEach(count, work) {
  const started = performance.now();
  for (let index = 0; index < count; index += 1) await work();
  return (performance.now() - started) / count;
}

/** @param {number} milliseconds */
function duration(milliseconds) {
  if (milliseconds >= 1000) return formatSeconds(milliseconds / 1000);
  return `${milliseconds.toFixed(milliseconds < 10 ? 2 : 0)} ms`;
}

/** @param {Result} result @returns {string} one line */
export function describe(result) {
  const { title, ours, theirs, oursMs, theirsMs, ratio, min, max, rounds } = result;
  const range = `${min.toFixed(2)} .. ${max.toFixed(2)}, ${String(rounds)} rounds`;
  return `${title}: ${ratio.toFixed(2)}x (${range}); ${ours} ${duration(oursMs)}, ${theirs} ${duration(theirsMs)}`;
}
