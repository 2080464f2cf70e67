import { pairUp } from './pairs.js';
import { addUp, costOf, less, medianCost } from './totals.js';
import { whereTimeGoes } from './where-time-goes.js';

/** @typedef {import('./totals.js').Cost} Cost */
/** @typedef {import('./traffic.js').Span} Span */
/** @typedef {import('./pcap.js').Packet} Packet */
/** @typedef {import('./subunit-text.js').TheirTest} TheirTest */
/** @typedef {import('./where-time-goes.js').CaseResult} CaseResult */
/** @typedef {import('./where-time-goes.js').Times} Times */

/**
 * @typedef {object} Round
 * @property {TheirTest[]} tests
 * @property {Packet[]} theirPackets
 * @property {Span} theirSpan of the whole process
 * @property {CaseResult[]} cases
 * @property {Packet[]} ourPackets
 * @property {Span} ourSpan
 * @property {Wide | undefined} [wide]
 */

/** @typedef {{ span: Span, cases: CaseResult[], packets: Packet[] }} Wide the same cases side by side */

/**
 * @typedef {object} Row
 * @property {string[]} ours names of cases
 * @property {string[]} theirs ids of tests
 * @property {Cost} our median of the rounds
 * @property {Cost} their
 * @property {Times} times ours, of the last round
 */

/**
 * @typedef {object} Evaluation
 * @property {Row[]} rows cases and tests that passed in every round
 * @property {{ our: Cost, their: Cost }} together all rows
 * @property {{ our: Cost, their: Cost }} whole the runs, with what is before, between and after the cases; that of the
 *   predecessor without the tests that are left out
 * @property {Times} times of our whole run, the last round
 * @property {{ our: Cost, times: Times, notPassed: string[] } | undefined} wide our whole run with cases side by side, where there was one in
 *   every round; of the last round where its time went, and names of cases that passed only one after the other
 * @property {{ id: string, reason: string }[]} leftOut tests that have a case, of which not both passed
 */

/**
 * @param {readonly Round[]} rounds
 * @param {readonly import('./pairs.js').OurCase[]} listed
 * @param {(id: string, replaced: string) => boolean} means
 * @param {string} client
 * @returns {Evaluation}
 */
export function evaluate(rounds, listed, means, client) {
  const [first] = rounds;
  const last = rounds.at(-1);
  if (first === undefined || last === undefined) throw new Error('no round was measured');
  /** @type {Row[]} */
  const rows = [];
  /** @type {Evaluation['leftOut']} */
  const leftOut = skippedClasses(first.tests, listed);
  for (const { ours, theirs } of pairUp(listed, first.tests, means)) {
    const failedCase = notPassed(
      rounds.map(({ cases }) => cases),
      ours,
      ({ name }) => name,
    );
    const bad = theirs.flatMap(({ id }) => {
      const reason = notPassed(
        rounds.map(({ tests }) => tests),
        [id],
        (test) => test.id,
      );
      return reason === undefined ? [] : [{ id, reason: `predecessor: ${reason}` }];
    });
    leftOut.push(...bad);
    const good = theirs.map(({ id }) => id).filter((id) => !bad.some((one) => one.id === id));
    if (failedCase !== undefined)
      leftOut.push(...good.map((id) => ({ id, reason: `Whitebox: ${failedCase}` })));
    else if (good.length > 0) rows.push(rowOf(rounds, last, ours, good, client));
  }
  const together = { our: addUp(rows.map(({ our }) => our)), their: addUp(rows.map(({ their }) => their)) };
  const whole = {
    our: medianCost(rounds.map(({ ourPackets, ourSpan }) => costOf(ourPackets, client, [ourSpan]))),
    their: medianCost(rounds.map((round) => theirWhole(round, rows, client))),
  };
  const { start, end } = last.ourSpan;
  return {
    rows,
    together,
    whole,
    times: whereTimeGoes(last.cases, { start: start * 1000, end: end * 1000 }),
    wide: wideOf(rounds, rows, client),
    leftOut,
  };
}

/** @param {readonly Round[]} rounds @param {readonly Row[]} rows @param {string} client @returns {Evaluation['wide']} */
function wideOf(rounds, rows, client) {
  const wides = rounds.flatMap(({ wide }) => wide ?? []);
  const last = wides.at(-1);
  if (last === undefined || wides.length < rounds.length) return undefined;
  const { start, end } = last.span;
  return {
    our: medianCost(wides.map(({ packets, span }) => costOf(packets, client, [span]))),
    times: whereTimeGoes(last.cases, { start: start * 1000, end: end * 1000 }),
    notPassed: rows
      .flatMap(({ ours }) => ours)
      .filter((name) =>
        wides.some(({ cases }) => cases.find((one) => one.name === name)?.verdict !== 'passed'),
      ),
  };
}

/**
 * Classes that Tempest skips as a whole, of which it names no test.
 * @param {readonly TheirTest[]} tests
 * @param {readonly import('./pairs.js').OurCase[]} listed
 * @returns {Evaluation['leftOut']} those of which a case replaces a test
 */
function skippedClasses(tests, listed) {
  return tests.flatMap(({ id, verdict, reason }) => {
    const [, name = ''] = /^setUpClass \((?:.*\.)?(test_\w+\.\w+)\)$/.exec(id) ?? [];
    const replaced = listed.some(({ replaces }) => replaces.some((one) => one.startsWith(`${name}.`)));
    return name !== '' && replaced ? [{ id: `${name}.*`, reason: `predecessor: ${verdict}: ${reason}` }] : [];
  });
}

/**
 * The run without the tests that are left out.
 * @param {Round} round
 * @param {readonly Row[]} rows
 * @param {string} client
 * @returns {Cost}
 */
function theirWhole({ tests, theirPackets, theirSpan }, rows, client) {
  const others = tests.filter(({ id }) => !rows.some(({ theirs }) => theirs.includes(id)));
  return less(costOf(theirPackets, client, [theirSpan]), costOf(theirPackets, client, others));
}

/** @param {readonly Round[]} rounds @param {Round} last @param {string[]} ours @param {string[]} theirs @param {string} client @returns {Row} */
function rowOf(rounds, last, ours, theirs, client) {
  return {
    ours,
    theirs,
    our: medianCost(
      rounds.map(({ cases, ourPackets }) =>
        costOf(ourPackets, client, cases.filter(({ name }) => ours.includes(name)).map(spanOf)),
      ),
    ),
    their: medianCost(
      rounds.map(({ tests, theirPackets }) =>
        costOf(
          theirPackets,
          client,
          tests.filter(({ id }) => theirs.includes(id)),
        ),
      ),
    ),
    times: whereTimeGoes(last.cases.filter(({ name }) => ours.includes(name))),
  };
}

/**
 * @template {{ verdict: string, reason?: string | undefined, failures?: readonly { message: string }[] }} T
 * @param {readonly (readonly T[])[]} rounds
 * @param {readonly string[]} names
 * @param {(one: T) => string} nameOf
 * @returns {string | undefined} why one of them did not pass in one of the rounds
 */
function notPassed(rounds, names, nameOf) {
  for (const name of names)
    for (const round of rounds) {
      const one = round.find((candidate) => nameOf(candidate) === name);
      if (one === undefined) return 'not run';
      if (one.verdict !== 'passed')
        return `${one.verdict}: ${one.reason ?? one.failures?.[0]?.message ?? ''}`.trim();
    }
  return undefined;
}

/** @param {CaseResult} result @returns {Span} */
function spanOf({ started, durationMs }) {
  const start = Date.parse(started) / 1000;
  return { start, end: start + durationMs / 1000 };
}
