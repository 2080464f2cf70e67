import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPackets } from './pcap.js';
import { readSubunitText } from './subunit-text.js';

/** @typedef {import('./traffic.js').Span} Span */

/** Files of a round, below its folder. */
export const files = {
  tests: 'predecessor.subunit.txt',
  theirPackets: 'predecessor.pcap',
  ourPackets: 'whitebox.pcap',
  ourResults: 'whitebox',
  widePackets: 'whitebox-jobs.pcap',
  wideResults: 'whitebox-jobs',
  spans: 'spans.json',
};

/** @param {string} folder @param {number} round counted from 1 */
export function roundFolder(folder, round) {
  return join(folder, `round-${String(round)}`);
}

/**
 * @param {string} folder what `measure` wrote to
 * @returns {{ rounds: import('./evaluate.js').Round[], client: string }}
 */
export function readRounds(folder) {
  /** @type {import('./evaluate.js').Round[]} */
  const rounds = [];
  let client = '';
  for (let round = 1; existsSync(join(roundFolder(folder, round), files.spans)); round += 1) {
    const at = (/** @type {string} */ name) => join(roundFolder(folder, round), name);
    /** @type {{ client: string } & Record<'theirSpan' | 'ourSpan', Span> & { wideSpan?: Span }} */
    const spans = JSON.parse(readFileSync(at(files.spans), 'utf8'));
    client = spans.client;
    const casesOf = (/** @type {string} */ name) =>
      JSON.parse(readFileSync(join(at(name), 'results.json'), 'utf8')).cases;
    rounds.push({
      ...spans,
      tests: readSubunitText(readFileSync(at(files.tests), 'utf8')),
      cases: casesOf(files.ourResults),
      theirPackets: readPackets(readFileSync(at(files.theirPackets))),
      ourPackets: readPackets(readFileSync(at(files.ourPackets))),
      wide:
        spans.wideSpan === undefined
          ? undefined
          : {
              span: spans.wideSpan,
              cases: casesOf(files.wideResults),
              packets: readPackets(readFileSync(at(files.widePackets))),
            },
    });
  }
  if (rounds.length === 0) throw new Error(`Nothing was measured in ${folder}.`);
  return { rounds, client };
}
