import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, copyFileSync, createWriteStream, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { credentialsFromCloudsYaml, OpenStack } from '@whitebox/openstack';
import { run } from '../support/processes.js';
import { additionalConfiguration, pythonPath } from './predecessor-files.js';

/** @typedef {import('../support/lab-control.js').LabDescription} LabDescription */

const everyTest = '^whitebox_tempest_plugin\\.';

/** whitebox-tempest-plugin, ready to run against a lab. */
export class Predecessor {
  #lab;
  #cloud;
  #folder;
  #environment;

  /**
   * @param {LabDescription} lab
   * @param {OpenStack} cloud
   * @param {string} folder
   * @param {NodeJS.ProcessEnv} environment
   */
  constructor(lab, cloud, folder, environment) {
    this.#lab = lab;
    this.#cloud = cloud;
    this.#folder = folder;
    this.#environment = environment;
  }

  /**
   * Gives the lab what the predecessor needs of a cloud: two flavors, and crudini on the computes.
   * @param {LabDescription} lab
   * @param {readonly string[]} checkouts its own first, then those of plugins that it imports
   * @param {string} folder
   * @param {(what: string, undo: () => Promise<void>) => void} atEnd
   */
  static async prepare(lab, checkouts, folder, atEnd) {
    const configuration = join(folder, 'etc');
    mkdirSync(configuration, { recursive: true });
    const cloud = await OpenStack.connect(
      await credentialsFromCloudsYaml({ file: lab.files.cloudsYaml, cloud: lab.cloud }),
    );
    atEnd('close the API', () => cloud.close());
    const flavors = await makeFlavors(cloud, atEnd);
    const file = join(configuration, 'tempest.conf');
    copyFileSync(lab.files.tempestConf, file);
    appendFileSync(file, additionalConfiguration({ ...flavors, folder }));
    await giveCrudini(lab, atEnd);
    const environment = {
      PYTHONPATH: pythonPath(checkouts, join(folder, 'plugins')),
      TEMPEST_CONFIG_DIR: configuration,
      TEMPEST_CONFIG: 'tempest.conf',
      // Its list of workspaces is in the home directory.
      HOME: folder,
    };
    const workspace = join(folder, 'workspace');
    const made = await run('tempest', ['init', workspace], { env: environment });
    if (made.code !== 0) throw new Error(`tempest init failed:\n${made.tail.join('\n')}`);
    return new Predecessor(lab, cloud, folder, environment);
  }

  /** @param {string} filter regular expression @returns {Promise<string[]>} ids of tests that it matches */
  async list(filter) {
    /** @type {string[]} */
    const ids = [];
    await run('tempest', ['run', '--list-tests', '--regex', everyTest], {
      cwd: join(this.#folder, 'workspace'),
      env: this.#environment,
      onLine: (line) => ids.push(line.trim()),
    });
    return ids.filter((id) => id.startsWith('whitebox_tempest_plugin.') && new RegExp(filter).test(id));
  }

  /**
   * Takes away servers that it has left behind: they hold CPUs and keep nova-compute from starting with other ones. A guest with
   * UEFI whose rebuild failed cannot be deleted by Nova 26 (lp#1997352).
   * @returns {Promise<string[]>} their names
   */
  async tidy() {
    const servers = await this.#cloud.compute.servers.list({ allProjects: true });
    const left = servers.filter(({ name }) => name.startsWith('tempest-'));
    for (const { id, host, instanceName } of left) {
      if (host != null && instanceName != null) {
        const undefine = `sudo virsh undefine --nvram ${instanceName}`;
        await run('ssh', ['-F', this.#lab.ssh.configFile, host, undefine]);
      }
      await this.#cloud.actions.delete(id);
    }
    return left.map(({ name }) => name);
  }

  /**
   * Runs tests one after the other, as the predecessor must be run.
   * @param {readonly string[] | undefined} ids only these; default: all
   * @param {string} into file for the results, subunit v1
   * @returns {Promise<void>} whatever the verdicts
   */
  async run(ids, into) {
    const list = join(this.#folder, 'list');
    if (ids !== undefined) writeFileSync(list, `${ids.join('\n')}\n`);
    const only = ids === undefined ? ['--regex', everyTest] : ['--load-list', list];
    const tempest = spawn('tempest', ['run', '--serial', '--subunit', ...only], {
      cwd: join(this.#folder, 'workspace'),
      env: { ...process.env, ...this.#environment },
      stdio: ['ignore', 'pipe', openSync(join(this.#folder, 'tempest-run.log'), 'a')],
    });
    const { stdout: results } = tempest;
    if (results === null) throw new Error('tempest has no output');
    const text = spawn('subunit-2to1', { stdio: ['pipe', 'pipe', 'ignore'] });
    await Promise.all([pipeline(results, text.stdin), pipeline(text.stdout, createWriteStream(into))]);
  }
}

/** @param {OpenStack} cloud @param {(what: string, undo: () => Promise<void>) => void} atEnd */
async function makeFlavors(cloud, atEnd) {
  /** @param {string} name @param {number} ramMib */
  const make = async (name, ramMib) => {
    const { id } = await cloud.compute.flavors.create({ name, vcpus: 1, ramMib, diskGib: 1 });
    atEnd(`delete flavor ${name}`, () => cloud.compute.flavors.delete(id));
    return id;
  };
  const suffix = String(process.pid);
  return { flavor: await make(`bench-${suffix}`, 128), otherFlavor: await make(`bench-alt-${suffix}`, 192) };
}

/** @param {LabDescription} lab @param {(what: string, undo: () => Promise<void>) => void} atEnd */
async function giveCrudini(lab, atEnd) {
  const listed = execFileSync('dpkg', ['-L', 'crudini', 'python3-iniparse'], { encoding: 'utf8' });
  const files = listed
    .split('\n')
    .filter((line) => /^\/usr\/(?:bin|lib)\/.*\.?(?:py|info\/\w+|crudini)$/.test(line));
  for (const { name } of lab.hosts) {
    const ssh = ['-F', lab.ssh.configFile, name];
    if ((await run('ssh', [...ssh, 'command -v crudini'])).code === 0) continue;
    const archive = execFileSync('tar', ['c', '-C', '/', ...files.map((file) => file.slice(1))]);
    execFileSync('ssh', [...ssh, 'sudo tar x -C /'], { input: archive });
    atEnd(`take crudini from ${name}`, async () => {
      await run('ssh', [...ssh, `sudo rm -f ${files.join(' ')}`]);
    });
  }
}
