import { compare, describe } from './measure.js';

/** @typedef {import('./measure.js').Result} Result */

/** Collects comparisons and prints a line for each. */
export class Bench {
  /** @type {Result[]} */
  results = [];
  /** @type {{ title: string, reason: string }[]} */
  leftOut = [];
  #progress;

  /** @param {import('../support/progress.js').Progress} progress */
  constructor(progress) {
    this.#progress = progress;
  }

  /** @param {import('./measure.js').Comparison} comparison */
  async compare(comparison) {
    const task = this.#progress.start(comparison.title);
    const result = await compare(comparison, task.update);
    this.results.push(result);
    task.end('ok', describe(result).slice(comparison.title.length + 2));
  }

  /** @param {string} title @param {string} reason */
  leaveOut(title, reason) {
    this.leftOut.push({ title, reason });
    this.#progress.line(`- ${title}: left out, ${reason.split('\n')[0] ?? ''}`);
  }
}
