import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../support/processes.js';
import { root } from '../support/repository.js';
import { writeArchive } from './archive.js';
import { deployConfiguration, onController, removeConfiguration, writeInventory } from './lab-inventory.js';

// What a job does on two nodes that a cloud is deployed on: pre, run and post, with Ansible, on the hosts of the lab.

/** @typedef {import('../lab/src/description.js').LabDescription} LabDescription */

const api = 'whitebox_tempest_plugin\\.api\\.compute\\.';

const directory = process.env['WHITEBOX_LAB_DIR'] ?? '';
/** @type {LabDescription} */
const lab = JSON.parse(readFileSync(join(directory, 'lab.json'), 'utf8'));
/** @type {string} */
let folder;

/**
 * Runs one of the playbooks as Zuul does.
 * @param {string} name
 * @param {string} logRoot
 * @param {Record<string, unknown>} [variables] of the job
 */
async function playbook(name, logRoot, variables = {}) {
  const inventory = writeInventory(lab, folder, join(folder, logRoot), {
    whitebox_node: `${onController}/node`,
    whitebox_node_program: process.execPath,
    whitebox_archive: join(folder, 'whitebox.tar.gz'),
    whitebox_run_dir: `${onController}/${logRoot}`,
    whitebox_tempest_conf: `${onController}/tempest.conf`,
    whitebox_clouds_yaml: `${onController}/clouds.yaml`,
    whitebox_cloud: lab.cloud,
    // As a job of the predecessor says it.
    tempest_test_regex: `^${api}(test_cpu_pinning\\.CPUPolicyTest\\.test_cpu_|test_rbd_direct_download)`,
    tempest_exclude_regex: 'test_cpu_dedicated',
    ...variables,
  });
  const { code, tail } = await run(
    'ansible-playbook',
    ['-i', inventory, join(root, 'playbooks', 'whitebox', `${name}.yaml`)],
    {
      log: join(folder, `${logRoot}-${name}.log`),
      env: {
        ANSIBLE_ROLES_PATH: [join(root, 'roles'), join(import.meta.dirname, 'roles')].join(delimiter),
        ANSIBLE_PIPELINING: '1',
        ANSIBLE_NOCOLOR: '1',
        ANSIBLE_RETRY_FILES_ENABLED: '0',
        ANSIBLE_LOCALHOST_WARNING: '0',
      },
    },
  );
  return { code, output: tail.join('\n') };
}

/** @param {string} path */
const published = (path) => readFileSync(join(folder, path), 'utf8');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'whitebox-playbooks-'));
  deployConfiguration(lab, folder);
  await writeArchive(join(folder, 'whitebox.tar.gz'));
});

afterAll(() => {
  removeConfiguration(lab);
  rmSync(folder, { recursive: true, force: true });
});

describe('the playbooks of the jobs', () => {
  it('install Node and Whitebox, and change nothing the second time', async () => {
    const first = await playbook('pre', 'green');
    expect(first.code, first.output).toBe(0);
    const second = await playbook('pre', 'green');
    expect(second.code, second.output).toBe(0);
    expect(second.output).toMatch(/^controller +: ok=\d+ +changed=0 /m);
  });

  it('refuse a Node that is too old where no other can be installed, and say what to do', async () => {
    const { code, output } = await playbook('pre', 'old', {
      whitebox_node_oldest: '99.0.0',
      whitebox_node_program: '',
    });
    expect(code).not.toBe(0);
    expect(output).toContain('There is no Node 22 to be had.');
    expect(output).toMatch(/node is v[\d.]+; Whitebox needs Node\s+99\.0\.0 or newer/);
  });

  it('run the cases that replace the tests which the job names, from the controller', async () => {
    const { code, output } = await playbook('run', 'green');
    expect(code, output).toBe(0);
    const post = await playbook('post', 'green');
    expect(post.code, post.output).toBe(0);

    const { counts, cases } = JSON.parse(published('green/whitebox-results/results.json'));
    expect(counts).toMatchObject({ passed: 1, failed: 0, skipped: 1 });
    expect(cases.map((/** @type {{ testId: string }} */ { testId }) => testId.split('.')[1]).sort()).toEqual([
      'cpu_policy',
      'rbd_download',
    ]);
  });

  it('leave the results where Zuul looks for them', () => {
    expect(readdirSync(join(folder, 'green')).sort()).toEqual([
      'compute-host',
      'controller',
      'junit.xml',
      'testr_results.html',
      'testrepository.subunit',
      'whitebox-results',
    ]);
    expect(published('green/testr_results.html')).toMatch(/whitebox_nova_nfv_suite\.cpu_policy/);
    expect(published('green/junit.xml')).toContain('<testsuite name="@whitebox/nova-nfv-suite" tests="2"');
    expect(readdirSync(join(folder, 'green/whitebox-results/.stestr')).sort()).toEqual([
      '0',
      'failing',
      'format',
      'next-stream',
    ]);
    for (const host of ['controller', 'compute-host']) {
      expect(published(`green/${host}/logs/whitebox-computes.txt`)).toContain('nova-compute');
    }
  });

  it('fail when a case fails, and publish what it said', async () => {
    // The case of images in Ceph needs what the lab has not.
    const red = { whitebox_extra_args: ['--require'], tempest_exclude_regex: 'test_cpu_' };
    const { code, output } = await playbook('run', 'red', red);
    expect(code).not.toBe(0);
    expect(output).toMatch(/FAIL +[\d.]+ s {2}@whitebox\/nova-nfv-suite\/rbd-download > /);
    const post = await playbook('post', 'red', red);
    expect(post.code, post.output).toBe(0);
    expect(published('red/testr_results.html')).toMatch(/needs \[glance\] enable_rbd_download/);
    expect(published('red/whitebox-results/.stestr/failing')).toContain('rbd_download');
  });

  it('publish no password of the cloud', () => {
    const passwords = [readFileSync(lab.database.passwordFile, 'utf8').trim()];
    const [, admin = ''] = /^admin_password = (.*)$/m.exec(readFileSync(lab.files.tempestConf, 'utf8')) ?? [];
    passwords.push(admin);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
      (one) => one.isFile() && /\/(green|red)/.test(`${one.parentPath}/${one.name}`),
    );
    expect(files.length).toBeGreaterThan(20);
    for (const { parentPath, name } of files) {
      const text = readFileSync(join(parentPath, name), 'utf8');
      for (const password of passwords) expect(text.includes(password), `${parentPath}/${name}`).toBe(false);
    }
  });
});
