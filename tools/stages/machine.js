import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Counts } from '../support/counts.js';
import { run } from '../support/processes.js';

/** @typedef {import('./stage.js').Outcome} Outcome */

/** @param {string} program @returns {string | undefined} where it is */
export function found(program) {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** @param {string} program */
const hasProgram = (program) => () => Promise.resolve(found(program) !== undefined);

/**
 * What some tests run, beside Node: Debian's package and how to see that it is there.
 * @type {Record<string, () => Promise<boolean>>}
 */
const wanted = {
  'g++': hasProgram('g++'),
  make: hasProgram('make'),
  python3: hasProgram('python3'),
  'openssh-client': hasProgram('ssh'),
  'openssh-server': hasProgram('sshd'),
  sudo: hasProgram('sudo'),
  openssl: hasProgram('openssl'),
  'mariadb-server-core': hasProgram('mariadbd'),
  'python3-oslo.config': async () => (await run('/usr/bin/python3', ['-c', 'import oslo_config'])).code === 0,
  shellcheck: hasProgram('shellcheck'),
  chromium: hasProgram('chromium'),
  subunit: hasProgram('subunit-stats'),
  'python3-os-testr': hasProgram('subunit2html'),
  'python3-stestr': hasProgram('stestr'),
  yamllint: hasProgram('yamllint'),
  'ansible-lint': hasProgram('ansible-lint'),
};

/** Of a stage that runs playbooks. */
export const ansible = {
  'ansible-core': hasProgram('ansible-playbook'),
  // subunit2html
  'python3-os-testr': hasProgram('subunit2html'),
  'openssh-client': hasProgram('ssh'),
};

/** @param {Record<string, () => Promise<boolean>>} programs */
async function missingPackages(programs) {
  const names = Object.keys(programs);
  const there = await Promise.all(Object.values(programs).map((isThere) => isThere()));
  return names.filter((_, index) => there[index] !== true);
}

/**
 * Installs programs, where that is possible.
 * @param {Record<string, () => Promise<boolean>>} programs
 * @param {string} log
 * @param {(detail: string) => void} update
 * @returns {Promise<string[]>} packages that are still missing
 */
export async function ensurePrograms(programs, log, update) {
  const missing = await missingPackages(programs);
  if (missing.length === 0) return [];
  if (process.getuid?.() !== 0 || found('apt-get') === undefined) return missing;
  update(`apt-get install ${missing.join(' ')}`);
  await install(missing, log);
  return missingPackages(programs);
}

/**
 * Installs the programs that tests run, where that is possible; the tests whose program is missing are skipped and say so.
 * @param {string} log
 * @param {(detail: string) => void} update
 * @returns {Promise<Outcome>}
 */
export async function prepareMachine(log, update) {
  const still = await ensurePrograms(wanted, log, update);
  if (still.length === 0) return { counts: new Counts() };
  return {
    counts: new Counts(),
    details: [
      `not here: ${still.join(', ')} (names of Debian packages); the tests that need them are skipped`,
    ],
  };
}

/** @param {readonly string[]} packages @param {string} log */
async function install(packages, log) {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends'];
  // Programs are wanted, not services: sshd must neither start now nor with the machine.
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await run('apt-get', ['update'], { log, env });
    const all = await run('apt-get', [...options, ...packages], { log, env });
    // One that the distribution does not have must not keep the others away.
    if (all.code !== 0) for (const name of packages) await run('apt-get', [...options, name], { log, env });
  } finally {
    if (ours) rmSync(policy);
  }
  if (packages.includes('openssh-server') && existsSync('/run/systemd/system')) {
    await run('systemctl', ['disable', 'ssh.service', 'ssh.socket'], { log });
  }
}
