import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { run } from '../support/processes.js';
import { root } from '../support/repository.js';

/**
 * A Python that can import a module: the distribution's, or the one of the PATH.
 * @param {string} module
 * @returns {Promise<string | undefined>}
 */
export async function pythonWith(module) {
  for (const python of ['/usr/bin/python3', 'python3']) {
    if ((await run(python, ['-c', `import ${module}`])).code === 0) return python;
  }
  return undefined;
}

/** A Python process that does a task as often as it is asked to, and times it itself. */
export class PythonWorker {
  #child;
  #lines;

  /** @param {string} python @param {readonly string[]} args task and file */
  constructor(python, args) {
    const script = join(root, 'tools', 'bench', 'python-worker.py');
    this.#child = spawn(python, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async #next() {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`${this.#child.spawnargs.join(' ')} ended early`);
    return value;
  }

  /** @returns {Promise<unknown>} what the task gives; to be read once, first */
  async value() {
    return JSON.parse(await this.#next());
  }

  /** @param {number} count @returns {Promise<number>} milliseconds of one */
  async time(count) {
    this.#child.stdin.write(`${String(count)}\n`);
    return Number(await this.#next());
  }

  close() {
    this.#child.stdin.end();
  }
}
