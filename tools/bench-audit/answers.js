import { quoteArgv } from '@whitebox/host';
import { commandsOf } from './shell-words.js';

/**
 * What a program has said.
 * @typedef {object} Answer
 * @property {number} exitCode
 * @property {Buffer} stdout
 * @property {Buffer} stderr
 * @property {number} milliseconds how long it took
 */

/**
 * The same in a file.
 * @typedef {object} RecordedCommand
 * @property {string} command quoted
 * @property {number} exitCode
 * @property {string} stdout
 * @property {string} stderr
 * @property {number} milliseconds
 */

/** What a command takes on a simulated host: some processes are started for each. The lab's own times are those of a busy machine. */
const commandMs = 5;

/** What a host of a recording answers, as any simulated host. */
export class Answers {
  /** @type {Map<string, { readonly of: RecordedCommand, readonly stdout: (number: number) => string, readonly stderr: (number: number) => string }>} */
  #known;
  #names;

  /**
   * @param {readonly RecordedCommand[]} commands
   * @param {import('./host-names.js').HostNames} names
   */
  constructor(commands, names) {
    this.#names = names;
    this.#known = new Map(
      commands.map((of) => [
        keyOf(commandsOf(of.command)[0] ?? []),
        { of, stdout: names.template(of.stdout), stderr: names.template(of.stderr) },
      ]),
    );
  }

  /**
   * @param {number} number whose answer
   * @param {readonly string[]} argv
   * @returns {Answer | undefined} undefined: it was never asked for
   */
  answer(number, argv) {
    const { text } = this.#names.back(keyOf(argv));
    const known = this.#known.get(text);
    if (known === undefined) return undefined;
    return {
      exitCode: known.of.exitCode,
      stdout: Buffer.from(known.stdout(number)),
      stderr: Buffer.from(known.stderr(number)),
      milliseconds: commandMs,
    };
  }
}

/** A command without its environment: sent by itself it has that from the shell, in a batch from env. @param {readonly string[]} argv */
function keyOf(argv) {
  const from = argv[0] === 'env' ? argv.findIndex((word, index) => index > 0 && !/^\w+=/.test(word)) : 0;
  return quoteArgv(argv.slice(from));
}
