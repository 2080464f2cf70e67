/**
 * @typedef {object} OurCase
 * @property {string} name
 * @property {readonly string[]} replaces
 */

/**
 * @template T
 * @typedef {object} Pairing
 * @property {string[]} ours names of cases
 * @property {T[]} theirs
 */

/**
 * Cases and tests that have to do with one another: a case may replace several tests, and a test be replaced by several cases.
 * @template {{ id: string }} T
 * @param {readonly OurCase[]} cases
 * @param {readonly T[]} tests
 * @param {(id: string, replaced: string) => boolean} means whether an id of Tempest means what a case says that it replaces
 * @returns {Pairing<T>[]} the largest sets that have nothing to do with each other, of tests that have a case, in the order of the tests
 */
export function pairUp(cases, tests, means) {
  /** @type {Pairing<T>[]} */
  let pairings = [];
  for (const test of tests) {
    const names = cases
      .filter(({ replaces }) => replaces.some((one) => means(test.id, one)))
      .map(({ name }) => name);
    if (names.length === 0) continue;
    const touching = pairings.filter(({ ours }) => ours.some((name) => names.includes(name)));
    const merged = {
      ours: [...new Set([...touching.flatMap(({ ours }) => ours), ...names])],
      theirs: [...touching.flatMap(({ theirs }) => theirs), test],
    };
    const [first] = touching;
    pairings = pairings.flatMap((one) => (one === first ? [merged] : touching.includes(one) ? [] : [one]));
    if (first === undefined) pairings.push(merged);
  }
  return pairings;
}
