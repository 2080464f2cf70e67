import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { CpuSet } from '@whitebox/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, describeOrigin, loadConfig, type ConfigInputs } from './index.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whitebox-config-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

async function file(name: string, text: string): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, text);
  return path;
}

/** The configuration that a tempest.conf with this text gives. */
async function load(text: string, inputs: ConfigInputs = {}) {
  return loadConfig({ tempestConf: await file('tempest.conf', text), ...inputs });
}

async function problemsOf(text: string, inputs: ConfigInputs = {}) {
  const error = await load(text, inputs).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ConfigError) return error;
  throw new Error('the configuration was accepted', { cause: error });
}

const DEVSTACK = `[auth]
admin_username = admin
admin_password = secret-of-admin
[identity]
uri_v3 = http://192.0.2.1/identity/v3
[DEFAULT]
log_file = tempest.log
[scenario]
img_file = /opt/x
[whitebox]
nodes_yaml =
ctlplane_ssh_username = stack
ctlplane_addresses = controller:192.0.2.1,compute1:192.0.2.2
max_compute_nodes = 2
cpu_model_extra_flags = vme,+ssse3,-mmx
cpu_model =
[whitebox-database]
user = root
password = secret-of-db
[whitebox-hardware]
cpu_topology = 0: [0,1,2,3], 1: [4,5]
configured_hugepage_sizes = 2048,1048576
[compute-feature-enabled]
virtio_rng = True
volume_backed_live_migration = true
shelve = yes
`;

describe('an existing tempest.conf', () => {
  it('is read with typed values that know where they come from', async () => {
    const config = await load(DEVSTACK);
    expect(config.get('whitebox', 'ctlplane_ssh_username')).toBe('stack');
    expect(config.get('whitebox', 'max_compute_nodes')).toBe(2);
    expect(config.get('whitebox', 'cpu_model_extra_flags')).toEqual(['vme', '+ssse3', '-mmx']);
    expect(config.get('whitebox', 'ctlplane_addresses')?.get('compute1')).toBe('192.0.2.2');
    expect(config.get('whitebox-hardware', 'cpu_topology')?.get('1')).toEqual([4, 5]);
    expect(config.get('compute-feature-enabled', 'virtio_rng')).toBe(true);
    expect(config.get('identity', 'uri_v3')).toBe('http://192.0.2.1/identity/v3');
    expect(config.setting('whitebox', 'max_compute_nodes').origin).toEqual({
      kind: 'file',
      file: join(dir, 'tempest.conf'),
      line: 14,
      name: '[whitebox] max_compute_nodes',
    });
    expect(config.notes).toEqual([]);
  });

  it('leaves the rest to defaults and discovery, and says which', async () => {
    const config = await load(DEVSTACK);
    expect(config.get('whitebox', 'flavor_ram_size')).toBe(64);
    expect(describeOrigin(config.setting('whitebox', 'flavor_ram_size').origin)).toBe('default');
    expect(config.get('whitebox-hardware', 'dedicated_cpus_per_numa')).toBeUndefined();
    expect(config.setting('whitebox-hardware', 'dedicated_cpus_per_numa').origin).toMatchObject({
      kind: 'discovery',
      fallback: 0,
    });
    expect(describeOrigin(config.setting('whitebox', 'cpu_model').origin)).toMatch(/^to be discovered from/);
    expect(describeOrigin(config.setting('whitebox', 'nodes_yaml').origin)).toBe('not set');
    expect(config.get('whitebox', 'nodes_yaml')).toBeUndefined();
  });

  it('prints no password, wherever it is printed', async () => {
    const config = await load(DEVSTACK);
    expect(config.get('whitebox-database', 'password')?.reveal()).toBe('secret-of-db');
    expect(config.get('auth', 'admin_password')?.reveal()).toBe('secret-of-admin');
    const printed = inspect(config.settings(), { depth: null }) + JSON.stringify(config.settings());
    expect(printed).toContain('ctlplane_ssh_username');
    expect(printed).not.toContain('secret-of');
  });

  it('needs not be there', async () => {
    const config = await loadConfig();
    expect(config.get('whitebox', 'ctlplane_ssh_username')).toBe('heat-admin');
    expect(config.nodes.size).toBe(0);
    expect(config.files).toEqual([]);
  });

  it('may use older names, and says so', async () => {
    const config = await load(
      '[whitebox]\ntarget_ssh_user = me\nhypervisors = a:b\n[whitebox-nova-compute]\nrestart_command = x\n[whitebox-libvirt]\nmask_command = x\n',
    );
    expect(config.get('whitebox', 'ctlplane_ssh_username')).toBe('me');
    expect(config.get('whitebox', 'ctlplane_addresses')?.get('a')).toBe('b');
    expect(config.notes.map(({ message, line }) => [message, line])).toEqual([
      [
        '[whitebox-nova-compute] restart_command has no effect any more; its place is services.nova-compute.start_command and stop_command of nodes.yaml',
        5,
      ],
      [
        '[whitebox-libvirt] mask_command has no effect any more; its place is services.libvirt.mask_command of nodes.yaml',
        7,
      ],
      ['[whitebox] target_ssh_user is an older name of [whitebox] ctlplane_ssh_username', 2],
      ['[whitebox] hypervisors is an older name of [whitebox] ctlplane_addresses', 3],
    ]);
  });

  it('may refer to other options', async () => {
    const text =
      '[DEFAULT]\nroot = /opt\n[whitebox]\nhttp_iso_image = $root/$$x\npmem_flavor_size = ${whitebox.flavor_ram_size}\n';
    const config = await load(text);
    expect(config.get('whitebox', 'http_iso_image')).toBe('/opt/$x');
    expect(config.get('whitebox', 'pmem_flavor_size')).toBe('64');
  });

  it('may consist of several files, the later one winning', async () => {
    const one = await file('one.conf', '[whitebox]\nflavor_ram_size = 1\nflavor_volume_size = 1\n');
    const two = await file('two.conf', '[whitebox]\nflavor_ram_size = 2\n');
    const config = await loadConfig({ tempestConf: [one, two] });
    expect(config.get('whitebox', 'flavor_ram_size')).toBe(2);
    expect(config.setting('whitebox', 'flavor_ram_size').origin).toMatchObject({ file: two, line: 2 });
    expect(config.files).toEqual([one, two]);
  });

  it('is named by the variables of Tempest, and overridden by those of oslo.config', async () => {
    await file('other.conf', '[whitebox-database]\nuser = root\n[whitebox]\nflavor_ram_size = 1\n');
    const config = await loadConfig({
      env: {
        TEMPEST_CONFIG_DIR: dir,
        TEMPEST_CONFIG: 'other.conf',
        'OS_WHITEBOX-DATABASE__USER': 'nova',
        OS_WHITEBOX_DATABASE__PASSWORD: 'p',
      },
    });
    expect(config.get('whitebox', 'flavor_ram_size')).toBe(1);
    expect(config.get('whitebox-database', 'user')).toBe('nova');
    expect(config.get('whitebox-database', 'password')?.reveal()).toBe('p');
    expect(config.setting('whitebox-database', 'password').origin).toEqual({
      kind: 'environment',
      variable: 'OS_WHITEBOX_DATABASE__PASSWORD',
    });
  });

  it('carries which cloud of which clouds.yaml', async () => {
    const env = { OS_CLOUD: 'devstack', OS_CLIENT_CONFIG_FILE: '/x/clouds.yaml' };
    const { cloud } = await loadConfig({ env, cloud: 'lab' });
    expect(cloud.name).toEqual({ value: 'lab', origin: { kind: 'argument', name: 'cloud' } });
    expect(cloud.cloudsYaml).toEqual({
      value: '/x/clouds.yaml',
      origin: { kind: 'environment', variable: 'OS_CLIENT_CONFIG_FILE' },
    });
    expect((await loadConfig()).cloud.name).toEqual({ value: undefined, origin: { kind: 'unset' } });
  });
});

describe('secrets by reference', () => {
  it('come from the file that is named', async () => {
    const password = await file('db-password', 'of the file\n');
    const config = await load(
      `[whitebox-database]\npassword_file = ${password}\n[auth]\nadmin_password_file = ${password}\n`,
    );
    expect(config.get('whitebox-database', 'password')?.reveal()).toBe('of the file');
    expect(config.get('auth', 'admin_password')?.reveal()).toBe('of the file');
    expect(config.setting('whitebox-database', 'password').origin).toMatchObject({ file: password });
  });

  it('are refused when they are given twice, or cannot be read', async () => {
    const both = await problemsOf('[whitebox-database]\npassword = a\npassword_file = /b\n');
    expect(both.problems).toMatchObject([{ code: 'WB_CONFIG_BOTH', line: 2 }]);
    const none = await problemsOf('[whitebox-database]\npassword_file = /nowhere/b\n');
    expect(none.problems).toMatchObject([{ code: 'WB_CONFIG_NO_FILE', line: 2 }]);
  });
});

describe('mistakes', () => {
  it.each([
    ['[whitebox]\nflavor_ramsize = 1\n', 'WB_CONFIG_UNKNOWN_OPTION', 2, 'Did you mean flavor_ram_size?'],
    ['[whitebox]\n\nflavor-ram-size = 1\n', 'WB_CONFIG_UNKNOWN_OPTION', 3, 'Did you mean flavor_ram_size?'],
    [
      '[whitebox]\ncpu_topology = 0:[1]\n',
      'WB_CONFIG_UNKNOWN_OPTION',
      2,
      'It belongs to [whitebox-hardware].',
    ],
    [
      '[whitebox-database]\nqqq = 1\n',
      'WB_CONFIG_UNKNOWN_OPTION',
      2,
      'docs/configuration.md lists all options.',
    ],
    [
      '[whitebox_hardware]\nsmt_hosts = a\n',
      'WB_CONFIG_UNKNOWN_SECTION',
      2,
      'Did you mean [whitebox-hardware]?',
    ],
    ['[whitebox]\ncontainers = maybe\n', 'WB_CONFIG_BAD_VALUE', 2, 'Write true or false.'],
    ['[whitebox]\ncontainers =\n', 'WB_CONFIG_BAD_VALUE', 2, 'Write true or false.'],
    ['[whitebox]\ncontainer_runtime = lxc\n', 'WB_CONFIG_BAD_VALUE', 2, 'Write one of docker, podman.'],
    [
      '[whitebox]\nmax_compute_nodes = 2 # two\n',
      'WB_CONFIG_BAD_VALUE',
      2,
      'A comment needs a line of its own',
    ],
    ['[compute]\nmin_compute_nodes = two\n', 'WB_CONFIG_BAD_VALUE', 2, 'Write whole number'],
    ['[identity]\nuri_v3 = 192.0.2.1\n', 'WB_CONFIG_BAD_VALUE', 2, 'Write URL'],
    ['[whitebox]\ncpu_model = $nothing\n', 'WB_CONFIG_REFERENCE', 2, 'Set it, or write $$'],
    ['[whitebox]\ncpu_model = $cpu_model\n', 'WB_CONFIG_REFERENCE', 2, 'plain value'],
    ['[whitebox]\nnodes_yaml = /nowhere/nodes.yaml\n', 'WB_CONFIG_NO_FILE', 2, 'Correct the path'],
    ['[whitebox]\njust text\n', 'WB_CONFIG_SYNTAX', 2, 'Write "option = value"'],
  ])('%j is refused', async (text, code, line, advice) => {
    const error = await problemsOf(text);
    expect(error.problems).toHaveLength(1);
    expect(error.problems[0]).toMatchObject({ code, line, file: join(dir, 'tempest.conf') });
    expect(error.problems[0]?.advice).toContain(advice);
    expect(error.code).toBe(code);
    expect(error.message).toContain(`tempest.conf:${line}`);
  });

  it('are told all at once', async () => {
    const error = await problemsOf('[whitebox]\ncontainers = maybe\nqqq = 1\nflavor_ram_size = big\n');
    expect(error.problems.map(({ line }) => line)).toEqual([3, 2, 4]);
    expect(error.message).toContain('3 problems');
    for (const word of ['qqq', 'containers', 'flavor_ram_size']) expect(error.message).toContain(word);
  });

  it('are not what other sections and plugins have', async () => {
    const config = await load(
      '[whitebox_neutron_plugin_options]\nx = 1\n[compute]\nqqq = 1\n[compute-feature-enabled]\nshelve = maybe\n',
    );
    expect(config.notes).toEqual([]);
  });

  it('in the names of shared sections are mentioned', async () => {
    const config = await load('[compute-feature-enabled]\nvtpm_device_suported = true\n');
    expect(config.notes).toMatchObject([
      { line: 2, message: expect.stringContaining('vtpm_device_supported') as string },
    ]);
  });

  it('in a secret do not show it', async () => {
    const error = await problemsOf('[whitebox-database]\npassword = pa$word-s3cr3t\n');
    expect(error.message).not.toContain('s3cr3t');
  });

  it('in the environment name the variable', async () => {
    const error = await problemsOf('', { env: { OS_WHITEBOX__FLAVOR_RAM_SIZE: 'x' } });
    expect(error.problems).toMatchObject([
      { code: 'WB_CONFIG_BAD_VALUE', subject: 'OS_WHITEBOX__FLAVOR_RAM_SIZE' },
    ]);
  });

  it('such as bytes that are no text', async () => {
    const path = join(dir, 'latin1.conf');
    await writeFile(path, Buffer.from('[whitebox]\n# caf\u00e9\n', 'latin1'));
    await expect(loadConfig({ tempestConf: path })).rejects.toMatchObject({
      problems: [{ code: 'WB_CONFIG_SYNTAX', file: path, line: 2 }],
    });
  });

  it('such as a file that is not there', async () => {
    await expect(loadConfig({ tempestConf: join(dir, 'none') })).rejects.toMatchObject({
      code: 'WB_CONFIG_NO_FILE',
    });
    await expect(loadConfig({ tempestConf: dir })).rejects.toThrow('it is a directory');
  });
});

describe('nodes.yaml', () => {
  const NODES = `controller:
  services:
    libvirt:
      start_command: 'systemctl start libvirtd'
      stop_command: 'systemctl stop libvirtd'
      mask_command: 'systemctl mask libvirtd'
    nova-compute:
      container_name: nova_compute
      config_path: '/etc/nova/nova-cpu.conf'
  cpu_shared_set: 4,5
  cpu_dedicated_set: 1-3
  topology:
      socket-0:
        numa-0:
          cpus: 0-7
compute1:
  cpu_dedicated_set: 3
`;

  it('describes the hosts', async () => {
    const path = await file('nodes.yaml', NODES);
    const config = await load(`[whitebox]\nnodes_yaml = ${path}\n`);
    expect([...config.nodes.keys()]).toEqual(['controller', 'compute1']);
    const controller = config.nodes.get('controller')!;
    expect(controller.services.get('libvirt')).toEqual({
      containerName: undefined,
      configPath: undefined,
      startCommand: 'systemctl start libvirtd',
      stopCommand: 'systemctl stop libvirtd',
      maskCommand: 'systemctl mask libvirtd',
      unmaskCommand: undefined,
    });
    expect(controller.services.get('nova-compute')).toMatchObject({
      containerName: 'nova_compute',
      configPath: '/etc/nova/nova-cpu.conf',
    });
    expect(controller.cpuSharedSet).toEqual(CpuSet.of(4, 5));
    expect(controller.cpuDedicatedSet).toEqual(CpuSet.of(1, 2, 3));
    expect(controller.topology.get(0)?.get(0)?.size).toBe(8);
    expect(controller.lineOf('services', 'nova-compute', 'config_path')).toBe(9);
    expect(config.nodes.get('compute1')).toMatchObject({
      line: 16,
      file: path,
      cpuDedicatedSet: CpuSet.of(3),
    });
    expect(config.files).toEqual([join(dir, 'tempest.conf'), path]);
  });

  it('may be given by the caller, and be empty', async () => {
    const path = await file('mine.yaml', '');
    const config = await load('[whitebox]\nnodes_yaml = /nowhere\n', { nodesYaml: path });
    expect(config.nodes.size).toBe(0);
    await expect(loadConfig({ nodesYaml: '/nowhere' })).rejects.toMatchObject({ code: 'WB_CONFIG_NO_FILE' });
  });

  it.each([
    [
      "a:\n  services:\n    libvirt:\n      start-command: 'x'\n",
      'WB_CONFIG_UNKNOWN_KEY',
      4,
      'Did you mean start_command?',
    ],
    [
      'a:\n  services:\n    nova_compute:\n      start_command: x\n',
      'WB_CONFIG_UNKNOWN_KEY',
      3,
      'Did you mean nova-compute?',
    ],
    ['a:\n  cpu_sharedset: 1\n', 'WB_CONFIG_UNKNOWN_KEY', 2, 'Did you mean cpu_shared_set?'],
    ['a:\n  cpu_shared_set: 3-1\n', 'WB_CONFIG_BAD_VALUE', 2, ''],
    ['a:\n  cpu_shared_set: [1]\n', 'WB_CONFIG_BAD_VALUE', 2, ''],
    ['a:\n  services:\n    libvirt:\n      start_command: [x]\n', 'WB_CONFIG_BAD_VALUE', 4, ''],
    ['a:\n  topology:\n    socket0: {}\n', 'WB_CONFIG_BAD_VALUE', 3, ''],
    ['- a\n', 'WB_CONFIG_BAD_VALUE', 1, ''],
    ['b: {}\na: text\n', 'WB_CONFIG_BAD_VALUE', 2, ''],
    ['a:\n  services: {\n', 'WB_CONFIG_SYNTAX', 3, ''],
    ['a: {}\na: {}\n', 'WB_CONFIG_SYNTAX', 2, ''],
  ])('%j is refused', async (text, code, line, advice) => {
    const path = await file('nodes.yaml', text);
    const error = await problemsOf('', { nodesYaml: path });
    expect(error.problems[0]).toMatchObject({ code, line, file: path });
    expect(error.problems[0]?.advice).toContain(advice);
  });
});
