import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { root } from './repository.js';
import { runNode } from './processes.js';

/** @typedef {import('../lab/src/description.js').LabDescription} LabDescription */

/** The lab's command, once @whitebox/lab is built. */
export const labProgram = 'tools/lab/dist/main.js';

/** What the lab's command says with exit code 4: this machine cannot run it. */
const machineUnfit = 4;

/**
 * Why this machine cannot run the lab, as far as that is seen before the lab's own check is built.
 * @returns {string | undefined}
 */
export function whyNoLab() {
  if (process.platform !== 'linux') return 'the lab needs Linux';
  if (process.getuid?.() !== 0) return 'the lab needs root';
  const folders = (process.env['PATH'] ?? '').split(':');
  if (!folders.some((folder) => existsSync(join(folder, 'apt-get')))) {
    return 'the lab is made from Debian packages and this machine has no apt-get';
  }
  return undefined;
}

/** @returns {Promise<string | undefined>} why this machine cannot run the lab, by the check of the lab itself */
export async function labObstacles() {
  const { code, tail } = await runLab(['check']);
  return code === machineUnfit ? tail.map((line) => line.replace(/^- /, '')).join(' ') : undefined;
}

/**
 * The lab when every host of it accepts connections. The lab must have been built.
 * @returns {Promise<LabDescription | undefined>}
 */
export async function runningLab() {
  /** @type {string[]} */
  const lines = [];
  const { code } = await runLab(['env', '--json'], { onLine: (line) => lines.push(line) });
  if (code !== 0) return undefined;
  const lab = /** @type {LabDescription} */ (JSON.parse(lines.join('\n')));
  // Those behind an undercloud are reached through it alone, which has no part in the cloud.
  const direct = lab.hosts.filter(({ roles }) => lab.ssh.jump === undefined || roles.length === 0);
  const answers = await Promise.all(direct.map(({ address }) => accepts(address, 22)));
  return answers.every(Boolean) ? lab : undefined;
}

/**
 * @param {string} address
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function accepts(address, port) {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 3000 });
    /** @param {boolean} answer */
    const finish = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => {
      finish(true);
    });
    socket.once('error', () => {
      finish(false);
    });
    socket.once('timeout', () => {
      finish(false);
    });
  });
}

/**
 * @param {readonly string[]} args
 * @param {import('./processes.js').RunOptions} [options]
 */
export function runLab(args, options = {}) {
  return runNode(labProgram, args, options);
}

/**
 * What a program needs to find the lab's cloud by the usual variables.
 * @param {LabDescription} lab
 * @returns {NodeJS.ProcessEnv}
 */
export function cloudEnvironment(lab) {
  return { OS_CLIENT_CONFIG_FILE: lab.files.cloudsYaml, OS_CLOUD: lab.cloud };
}

/**
 * Runs the NFV suite against the lab.
 * @param {LabDescription} lab
 * @param {string} results folder for the results
 * @param {import('./processes.js').RunOptions & { cases?: readonly SuiteCase[] | undefined }} options cases: only these
 */
export function runSuite(lab, results, { cases, ...options }) {
  const args = ['run', '@whitebox/nova-nfv-suite', '--config', lab.files.tempestConf, '--cloud', lab.cloud];
  const names = cases?.map(({ name }) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const only = names === undefined ? [] : ['--filter', `^(${names.join('|')})$`];
  return runNode('packages/runner/dist/main.js', [...args, ...only, '--results', results], {
    ...options,
    env: { ...cloudEnvironment(lab), ...options.env },
  });
}

/** @typedef {{ name: string, file: string }} SuiteCase a case, and the file that it is in, without ending */

/** @returns {Promise<SuiteCase[]>} every case of the NFV suite */
export async function suiteCases() {
  /** @type {string[]} */
  const lines = [];
  await runNode('packages/runner/dist/main.js', ['list', '@whitebox/nova-nfv-suite', '--json'], {
    onLine: (line) => lines.push(line),
  });
  const listed = /** @type {{ id: string, name: string }[]} */ (JSON.parse(lines.join('\n')));
  // "@whitebox/nova-nfv-suite/hugepages > a resize moves ..."
  return listed.map(({ id, name }) => ({ name, file: id.split(' > ', 1)[0]?.split('/').at(-1) ?? '' }));
}

/** @param {string} name folder for the results of a run, below whitebox-results */
export function resultsFolder(name) {
  const moment = new Date().toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  return join(root, 'whitebox-results', `${name}-${moment}`);
}
