import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './repository.js';

/** Environment of every tool: no daemon stays behind, nothing is sent anywhere. */
const toolEnvironment = {
  ...process.env,
  NX_DAEMON: 'false',
  NX_NO_CLOUD: 'true',
};

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] default: top of the repository
 * @property {NodeJS.ProcessEnv} [env] added to the environment
 * @property {string} [log] file that gets all output; its folder is made
 * @property {(line: string) => void} [onLine] called with each line of output as it comes
 * @property {boolean} [show] output goes straight to this terminal instead
 */

/**
 * @typedef {object} Finished
 * @property {number} code exit code; 128 + signal number when a signal ended it, 127 when it could not be started
 * @property {number} seconds
 * @property {string[]} tail the last lines of output
 */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
let interruptedAt = 0;
let interrupts = 0;

/** Whether Ctrl-C was pressed (or the process was told to end). */
export function interrupted() {
  return interrupts > 0;
}

/**
 * Passes the first Ctrl-C on to what runs, once, and leaves it the time to clean up; the second one ends it with
 * SIGTERM and the third with SIGKILL. Each child is a process group of its own, so that the terminal does not tell it a
 * second time; npm tells us twice, so signals within a second count as one.
 * @param {(message: string) => void} say
 */
export function forwardInterrupts(say) {
  const handle = () => {
    const now = Date.now();
    if (now - interruptedAt < 1000) return;
    interruptedAt = now;
    interrupts += 1;
    if (running.size === 0) process.exit(130);
    if (interrupts === 1) {
      say('Interrupted: waiting for what runs to clean up. Once more to end it at once.');
      for (const child of running) child.kill('SIGINT');
      return;
    }
    say('Interrupted again: ending everything that runs.');
    for (const child of running) signalGroup(child, interrupts === 2 ? 'SIGTERM' : 'SIGKILL');
  };
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(name, handle);
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has just ended by itself.
  }
}

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Finished>} never rejects: what failed is in the code and the tail
 */
export function run(command, args, options = {}) {
  const started = performance.now();
  /** @type {string[]} */
  const tail = [];
  const log = options.log === undefined ? undefined : openLog(options.log, command, args);
  /** @param {string} line */
  const take = (line) => {
    tail.push(line);
    if (tail.length > 40) tail.shift();
    log?.write(`${line}\n`);
    options.onLine?.(line);
  };
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: {
        ...toolEnvironment,
        ...(options.show === true ? {} : { FORCE_COLOR: '0', NO_COLOR: '1' }),
        ...options.env,
      },
      stdio: options.show === true ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    running.add(child);
    /** @param {number} code */
    const finish = (code) => {
      running.delete(child);
      const result = { code, seconds: (performance.now() - started) / 1000, tail };
      if (log === undefined) resolve(result);
      else
        log.end(() => {
          resolve(result);
        });
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', take);
    }
    child.once('error', (error) => {
      take(error.message);
      finish(127);
    });
    child.once('close', (code, signal) => {
      finish(code ?? 128 + (signal === 'SIGINT' ? 2 : signal === 'SIGTERM' ? 15 : 9));
    });
  });
}

/**
 * @param {string} path
 * @param {string} command
 * @param {readonly string[]} args
 */
function openLog(path, command, args) {
  mkdirSync(dirname(path), { recursive: true });
  const stream = createWriteStream(path, { flags: 'a' });
  stream.write(`$ ${[command, ...args].join(' ')}\n`);
  return stream;
}

/**
 * Runs a JavaScript program of an installed package with the running Node.
 * @param {string} script path below the top of the repository
 * @param {readonly string[]} args
 * @param {RunOptions & { node?: string }} [options]
 */
export function runNode(script, args, options = {}) {
  return run(options.node ?? process.execPath, [`${root}/${script}`, ...args], options);
}

/**
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 */
export function nx(args, options = {}) {
  return runNode('node_modules/nx/dist/bin/nx.js', args, options);
}

/**
 * Does work on each item, a few at a time, and keeps the order of the results.
 * @template T, R
 * @param {readonly T[]} items
 * @param {number} width how many at a time
 * @param {(item: T) => Promise<R>} work
 * @returns {Promise<R[]>}
 */
export async function eachOf(items, width, work) {
  /** @type {R[]} */
  const results = [];
  const rest = [...items.entries()];
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
        results[next[0]] = await work(next[1]);
      }
    }),
  );
  return results;
}
