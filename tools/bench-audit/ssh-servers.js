import { once } from 'node:events';
import ssh2 from 'ssh2';
import { batchAnswer, batchOf, unwrapped } from './launch.js';
import { commandsOf } from './shell-words.js';

/** @typedef {import('./answers.js').Answer} Answer */
/** @typedef {(number: number, argv: readonly string[]) => Promise<Answer | undefined>} Answering */

/**
 * What the servers have carried.
 * @typedef {object} SshCounts
 * @property {number} connections
 * @property {number} execs what was sent, batches as one
 * @property {number} commands
 * @property {number} bytesIn
 * @property {number} bytesOut
 * @property {string[]} unanswered commands that nobody knew
 */

/** The address of a simulated host. @param {number} number */
export function addressOf(number) {
  return `127.77.${String(Math.floor(number / 250))}.${String((number % 250) + 1)}`;
}

/** Hosts that answer the commands of Whitebox over SSH, each at an address of its own. */
export class SshServers {
  /** @type {SshCounts} */
  counts = { connections: 0, execs: 0, commands: 0, bytesIn: 0, bytesOut: 0, unanswered: [] };
  /** @type {ssh2.Server[]} */
  #servers = [];
  #answering;
  #hostKey;

  /** @param {string} hostKey private, of all of them @param {Answering} answering */
  constructor(hostKey, answering) {
    this.#hostKey = hostKey;
    this.#answering = answering;
  }

  /** @param {number} number @param {number} port @param {string} [address] */
  async listen(number, port, address = addressOf(number)) {
    const server = new ssh2.Server({ hostKeys: [this.#hostKey] }, (client) => {
      this.#serve(number, client);
    });
    this.#servers.push(server);
    server.listen(port, address);
    await once(server, 'listening');
  }

  close() {
    for (const server of this.#servers) server.close();
  }

  /** @param {number} number @param {ssh2.Connection} client */
  #serve(number, client) {
    this.counts.connections += 1;
    client.on('error', () => undefined);
    // Any key of any user will do.
    client.on('authentication', (context) => {
      if (context.method === 'publickey') context.accept();
      else context.reject(['publickey']);
    });
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => {
        const channel = acceptExec();
        /** @type {Buffer[]} */
        const chunks = [];
        channel.on('data', (/** @type {Buffer} */ chunk) => chunks.push(chunk));
        channel.on('end', () => {
          const stdin = Buffer.concat(chunks).toString();
          this.counts.bytesIn += command.length + stdin.length;
          void this.#run(number, commandsOf(command)[0] ?? [], stdin).then(({ exitCode, stdout, stderr }) => {
            this.counts.bytesOut += stdout.length + stderr.length;
            if (stderr.length > 0) channel.stderr.write(stderr);
            channel.write(stdout, () => {
              channel.exit(exitCode);
              channel.end();
            });
          });
        });
      });
    });
  }

  /** @param {number} number @param {readonly string[]} argv @param {string} stdin */
  async #run(number, argv, stdin) {
    this.counts.execs += 1;
    const launch = unwrapped(argv, stdin);
    const batch = batchOf(launch);
    if (batch === undefined) {
      const { exitCode, stdout, stderr, milliseconds } = await this.#answer(number, launch.argv);
      await pause(milliseconds);
      return { exitCode, stderr, stdout: Buffer.concat([Buffer.from(launch.before), stdout]) };
    }
    const answers = await Promise.all(batch.commands.map((command) => this.#answer(number, command)));
    await pause(answers.reduce((sum, { milliseconds }) => sum + milliseconds, 0));
    const stdout = Buffer.concat([Buffer.from(launch.before), batchAnswer(batch.word, answers)]);
    return { exitCode: 0, stderr: Buffer.alloc(0), stdout };
  }

  /** @param {number} number @param {readonly string[]} argv @returns {Promise<Answer>} */
  async #answer(number, argv) {
    this.counts.commands += 1;
    const known = await this.#answering(number, argv);
    if (known !== undefined) return known;
    this.counts.unanswered.push(argv.join(' ').slice(0, 2000));
    const stderr = Buffer.from('this was never recorded');
    return { exitCode: 70, stdout: Buffer.alloc(0), stderr, milliseconds: 0 };
  }
}

/** @param {number} milliseconds @returns {Promise<void>} */
function pause(milliseconds) {
  return new Promise((resolve) => {
    if (milliseconds < 1) resolve();
    else setTimeout(resolve, milliseconds);
  });
}

/** A pair of keys that both sides can read: of those that ssh2 makes it cannot read one in several hundred. */
export function readableKeys() {
  for (;;) {
    const keys = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(keys.private) instanceof Error)) return keys;
  }
}
