import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeCloudFiles } from './cloud-files.js';
import { beat, fillDatabase } from './fill-database.js';
import { HostNames, simulatedHost } from './host-names.js';
import { Mariadb, reader } from './mariadb.js';
import { readRecording } from './recording.js';
import { addressOf, readableKeys } from './ssh-servers.js';

/** Processes that the hosts are spread over, so that they answer at the same time. */
const hostProcesses = 2;

/** A cloud of which only an audit can tell that there is none. */
export class SimulatedCloud {
  #folder;
  /** @type {import('node:child_process').ChildProcess[]} */
  #children = [];
  /** @type {NodeJS.Timeout | undefined} */
  #beat;
  /** @type {Mariadb | undefined} */
  #mariadb;
  /** @type {{ tempestConf: string, env: Record<string, string> }} */
  files = { tempestConf: '', env: {} };

  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'bench-audit-'));
  }

  /** @param {number} hosts @returns {Promise<SimulatedCloud>} */
  static async start(hosts) {
    const cloud = new SimulatedCloud();
    try {
      await cloud.#start(hosts);
      return cloud;
    } catch (error) {
      await cloud.stop();
      throw error;
    }
  }

  get mariadb() {
    if (this.#mariadb === undefined) throw new Error('the cloud is not up');
    return this.#mariadb;
  }

  /** @param {number} hosts */
  async #start(hosts) {
    const recording = readRecording();
    const mariadb = await Mariadb.start();
    this.#mariadb = mariadb;
    await fillDatabase(mariadb, recording, new HostNames(recording), hosts);
    this.#beat = setInterval(() => void beat(mariadb).catch(() => undefined), 15_000);
    const hostKey = readableKeys();
    const sshPort = await freePort();
    const numbers = Array.from({ length: hosts }, (_, index) => index + 1);
    const apis = this.#fork('simulated-apis.js');
    const [{ address }] = await once(apis, 'message');
    for (let part = 0; part < hostProcesses; part += 1) {
      const child = this.#fork('simulated-hosts.js');
      const mine = numbers.filter((number) => number % hostProcesses === part);
      child.send({ hostKey: hostKey.private, port: sshPort, numbers: mine });
      await once(child, 'message');
    }
    this.files = writeCloudFiles(this.#folder, {
      authUrl: `${address}/identity/v3`,
      database: { address: mariadb.address, ...reader },
      sshPort,
      addresses: new Map(numbers.map((number) => [simulatedHost(number), addressOf(number)])),
      hostKey,
      userKey: readableKeys().private,
      account: { user: 'admin', password: 'simulated', project: 'admin' },
    });
  }

  /** What it was asked for so far. */
  async counts() {
    const database = await this.mariadb.counts();
    const parts = await Promise.all(
      this.#children.map(async (child) => {
        const answer = once(child, 'message');
        child.send('counts');
        const [counts] = await answer;
        return counts;
      }),
    );
    const [api, ...hosts] = parts;
    const sum = (/** @type {(counts: import('./ssh-servers.js').SshCounts) => number} */ of) =>
      hosts.reduce((total, { counts }) => total + of(counts), 0);
    return {
      database,
      api: { ...api.counts, cpuSeconds: api.cpuSeconds },
      ssh: {
        connections: sum(({ connections }) => connections),
        execs: sum(({ execs }) => execs),
        commands: sum(({ commands }) => commands),
        bytesIn: sum(({ bytesIn }) => bytesIn),
        bytesOut: sum(({ bytesOut }) => bytesOut),
        cpuSeconds: hosts.reduce((total, { cpuSeconds }) => total + cpuSeconds, 0),
      },
      /** @type {string[]} */
      unanswered: parts.flatMap(({ counts }) => counts.unanswered),
    };
  }

  async stop() {
    clearInterval(this.#beat);
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    }
    await this.#mariadb?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** @param {string} file */
  #fork(file) {
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#children.push(child);
    return child;
  }
}

/** @returns {Promise<number>} */
export async function freePort() {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
  probe.close();
  await once(probe, 'close');
  return port;
}
