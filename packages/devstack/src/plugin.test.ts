import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadConfig } from '@whitebox/config';
import { IniDocument } from '@whitebox/ini';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

// The plugin runs in a shell like that of stack.sh (testdata/run-plugin.sh), and the files that it leaves are looked at.

const repository = new URL('../../..', import.meta.url).pathname;
const packageFolder = new URL('..', import.meta.url).pathname;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whitebox-devstack-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

/** What local.conf says, as environment variables. */
async function stack(localrc: Readonly<Record<string, string>> = {}, pluginDir = repository) {
  const { stdout } = await promisify(execFile)(
    'bash',
    [`${packageFolder}testdata/run-plugin.sh`, pluginDir, dir],
    { env: { PATH: process.env['PATH'] ?? '', ...localrc } },
  );
  const document = async (name: string) =>
    IniDocument.parse(await readFile(join(dir, name), 'utf8'), { file: name });
  return {
    output: stdout,
    nova: await document('nova.conf'),
    novaCpu: await document('nova-cpu.conf'),
    tempest: await document('tempest.conf'),
  };
}

/** All options of the sections that the plugin writes to. */
function written(document: IniDocument): Record<string, string | undefined> {
  const sections = document.sections().filter((section) => /whitebox|feature/.test(section));
  return Object.fromEntries(
    sections.flatMap((section) =>
      document
        .options(section)
        .map((key) => [`${section}.${key}`, document.get(section, key)?.replace(`${dir}/data`, '/data')]),
    ),
  );
}

const DEFAULTS = {
  'whitebox.deployment': 'devstack',
  'whitebox.ctlplane_ssh_username': 'stack',
  'whitebox.ctlplane_addresses': 'devstack-1:192.0.2.1',
  'whitebox.available_cinder_storage': '24',
  'whitebox.file_backed_memory_size': '8192',
  'whitebox.rx_queue_size': '1024',
  'whitebox.default_video_model': 'virtio',
  'whitebox.max_disk_devices_to_attach': '7',
  'whitebox.hugepage_guest_ram_size': '1024',
  'whitebox-nova-compute.journalctl_unit': 'devstack@n-cpu',
  'whitebox-nova-compute.state_path': '/data/nova',
  'whitebox-database.user': 'root',
  'whitebox-database.password': 'secret',
  'whitebox-database.host': '127.0.0.1',
  'whitebox-database.nova_cell1_db_name': 'nova_cell1',
  'whitebox-hardware.dedicated_cpus_per_numa': '4',
  'whitebox-hardware.shared_cpus_per_numa': '2',
  'whitebox-hardware.realtime_mask': '1-2',
  'whitebox-hardware.configured_hugepage_sizes': '2048,1048576',
  'compute-feature-enabled.virtio_rng': 'True',
  'compute-feature-enabled.rbd_download': 'False',
  'compute-feature-enabled.uefi_secure_boot': 'True',
  'compute-feature-enabled.bochs_display_support': 'True',
  'compute-feature-enabled.vtpm_device_supported': 'True',
  'compute-feature-enabled.live_migrate_back_and_forth': 'True',
  'compute-feature-enabled.resize': 'True',
};

describe('the DevStack plugin', () => {
  const bytes = (name: string): Promise<string> => readFile(join(dir, name), 'utf8');

  it.each(['unstack', 'clean'])('gives back every byte with %s', async (mode) => {
    const localrc = {
      CELLSV2_SETUP: 'singleconductor',
      WHITEBOX_CPU_DEDICATED_SET: '1-3',
      DATABASE_PASSWORD: 'a$b&c',
      WHITEBOX_CPU_TOPOLOGY: '0: [0,1]',
    };
    await writeFile(
      join(dir, 'tempest.conf'),
      '# made by hand\n[whitebox]\n# mine\nrx_queue_size = 256\n\n[compute-feature-enabled]\nresize = True\nvirtio_rng = False\n\n[last]\nx = 1\n',
    );
    const { tempest } = await stack(localrc);
    expect(tempest.get('whitebox', 'rx_queue_size')).toBe('1024');
    // A second stack.sh must not take what the first one set for what was there.
    const before = [await bytes('nova.conf.before'), await bytes('tempest.conf.before')];
    await stack({ ...localrc, MODES: 'stack' });
    await stack({ ...localrc, MODES: mode });
    expect([await bytes('nova.conf'), await bytes('tempest.conf')]).toEqual(before);
    // And where there is nothing to give back, nothing happens.
    await stack({ ...localrc, MODES: 'unstack clean' });
    expect([await bytes('nova.conf'), await bytes('tempest.conf')]).toEqual(before);
  });

  it('unstacks where DevStack has removed its files already', async () => {
    await stack();
    await rm(join(dir, 'tempest.conf'));
    const { stdout } = await promisify(execFile)(
      'bash',
      [`${packageFolder}testdata/run-plugin.sh`, repository, dir],
      { env: { PATH: process.env['PATH'] ?? '', MODES: 'unstack' } },
    );
    expect(stdout).toContain('summary: Removing the options of Whitebox');
    await expect(bytes('tempest.conf')).rejects.toThrow('ENOENT');
  });

  describe('and Node', () => {
    /** A machine whose Node, if it has one, says this of itself, and what its package manager would bring. */
    async function machine(here: string | undefined, installable?: string): Promise<Record<string, string>> {
      const bin = join(dir, 'bin');
      await mkdir(bin, { recursive: true });
      for (const program of [
        'bash',
        'dirname',
        'grep',
        'sed',
        'mkdir',
        'cp',
        'cat',
        'awk',
        'rm',
        'tac',
        'mktemp',
      ]) {
        await symlink(`/usr/bin/${program}`, join(bin, program));
      }
      const node = async (path: string, version: string): Promise<void> => {
        await writeFile(path, `#!/usr/bin/bash\necho ${version}\n`, { mode: 0o755 });
      };
      if (here !== undefined) await node(join(bin, 'node'), here);
      if (installable === undefined) return { PATH: bin };
      await node(join(dir, 'installable'), installable);
      return { PATH: bin, INSTALLABLE_NODE: join(dir, 'installable') };
    }

    it.each(['v20.19.0', 'v22.0.1', 'v100.1.0'])('takes %s, which is there', async (version) => {
      const { output } = await stack(await machine(version));
      expect(output).toContain(`summary: Whitebox runs on Node ${version}\n`);
      expect(output).not.toContain('install_package');
    });

    it.each([undefined, 'v18.19.1', 'v20.18.9', 'nonsense'])(
      'installs another one in the place of %s',
      async (here) => {
        const { output } = await stack(await machine(here, 'v22.3.0'));
        expect(output).toContain('install_package: nodejs npm\n');
      },
    );

    it('says what to do where the package is too old, or there is none', async () => {
      const advice =
        /\[ERROR\] Whitebox needs Node 20\.19 or newer; node is (v18\.1\.0|not there)\. .*WHITEBOX_NODE/;
      await expect(stack(await machine(undefined, 'v18.1.0'))).rejects.toThrow(advice);
    });

    it('installs nothing where it may not', async () => {
      const running = stack({ ...(await machine(undefined, 'v22.3.0')), WHITEBOX_INSTALL_NODE: 'False' });
      await expect(running).rejects.toThrow(/node is not there/);
    });

    it('takes the one that is named', async () => {
      const machineEnv = await machine(undefined, undefined);
      await writeFile(join(dir, 'mine'), '#!/usr/bin/bash\necho v24.1.0\n', { mode: 0o755 });
      const { output } = await stack({ ...machineEnv, WHITEBOX_NODE: join(dir, 'mine') });
      expect(output).toContain('Whitebox runs on Node v24.1.0');
    });

    it('wants none on a compute node, where no case is run', async () => {
      const { output } = await stack({ ...(await machine(undefined)), ENABLED_SERVICES: 'n-cpu' });
      expect(output).not.toMatch(/Node|install_package/);
    });
  });

  it('writes the defaults of the predecessor, and nothing for what has none', async () => {
    const { tempest } = await stack();
    expect(written(tempest)).toEqual(DEFAULTS);
    expect(tempest.get('DEFAULT', 'debug')).toBe('True');
  });

  it('takes every variable of the predecessor', async () => {
    const { tempest } = await stack({
      STACK_USER: 'me',
      WHITEBOX_CTLPLANE_ADDRESSES: 'a:192.0.2.5,b:192.0.2.6',
      DATABASE_USER: 'nova',
      DATABASE_PASSWORD: 'pw',
      DATABASE_HOST: '192.0.2.9',
      MAX_COMPUTE_NODES: '2',
      SMT_HOSTS: 'a,b',
      WHITEBOX_PRIVKEY_PATH: '/home/tempest/.ssh/id_rsa',
      WHITEBOX_AVAILABLE_CINDER_STORAGE: '1',
      WHITEBOX_FILE_BACKED_MEMORY_SIZE: '2',
      WHITEBOX_CPU_MODEL: 'Nehalem',
      WHITEBOX_CPU_MODEL_EXTRA_FLAGS: 'vme,+ssse3,-mmx',
      WHITEBOX_RX_QUEUE_SIZE: '512',
      WHITEBOX_DEFAULT_VIDEO_MODEL: 'vga',
      WHITEBOX_MAX_DISK_DEVICES_TO_ATTACH: '8',
      WHITEBOX_NODES_YAML: '/opt/stack/nodes.yaml',
      WHITEBOX_HUGEPAGE_GUEST_RAM_SIZE: '64',
      WHITEBOX_CPU_TOPOLOGY: '0: [0,1,2,3], 1: [4,5,6,7]',
      WHITEBOX_DEDICATED_CPUS_PER_NUMA: '3',
      WHITEBOX_SHARED_CPUS_PER_NUMA: '1',
      WHITEBOX_REALTIME_MASK: '^0',
      WHITEBOX_CONFIGURED_HUGEPAGES: '2048',
      COMPUTE_FEATURE_VIRTIO_RNG: 'False',
      COMPUTE_FEATURE_RBD_DOWNLOAD: 'True',
      COMPUTE_FEATURE_UEFI_SECURE_BOOT: 'False',
      COMPUTE_FEATURE_BOCHS_DISPLAY: 'False',
      COMPUTE_FEATURE_VTPM_ENABLED: 'False',
      COMPUTE_FEATURE_LIVE_MIGRATE_BACK_AND_FORTH: 'False',
    });
    expect(written(tempest)).toEqual({
      'whitebox.deployment': 'devstack',
      'whitebox.ctlplane_addresses': 'a:192.0.2.5,b:192.0.2.6',
      'whitebox.ctlplane_ssh_username': 'me',
      'whitebox.ctlplane_ssh_private_key_path': '/home/tempest/.ssh/id_rsa',
      'whitebox.max_compute_nodes': '2',
      'whitebox.available_cinder_storage': '1',
      'whitebox.file_backed_memory_size': '2',
      'whitebox.cpu_model': 'Nehalem',
      'whitebox.cpu_model_extra_flags': 'vme,+ssse3,-mmx',
      'whitebox.rx_queue_size': '512',
      'whitebox.default_video_model': 'vga',
      'whitebox.max_disk_devices_to_attach': '8',
      'whitebox.nodes_yaml': '/opt/stack/nodes.yaml',
      'whitebox.hugepage_guest_ram_size': '64',
      'whitebox-nova-compute.journalctl_unit': 'devstack@n-cpu',
      'whitebox-nova-compute.state_path': '/data/nova',
      'whitebox-database.nova_cell1_db_name': 'nova_cell1',
      'whitebox-database.user': 'nova',
      'whitebox-database.password': 'pw',
      'whitebox-database.host': '192.0.2.9',
      'whitebox-hardware.smt_hosts': 'a,b',
      'whitebox-hardware.cpu_topology': '0: [0,1,2,3], 1: [4,5,6,7]',
      'whitebox-hardware.dedicated_cpus_per_numa': '3',
      'whitebox-hardware.shared_cpus_per_numa': '1',
      'whitebox-hardware.realtime_mask': '^0',
      'whitebox-hardware.configured_hugepage_sizes': '2048',
      'compute-feature-enabled.virtio_rng': 'False',
      'compute-feature-enabled.rbd_download': 'True',
      'compute-feature-enabled.uefi_secure_boot': 'False',
      'compute-feature-enabled.bochs_display_support': 'False',
      'compute-feature-enabled.vtpm_device_supported': 'False',
      'compute-feature-enabled.live_migrate_back_and_forth': 'False',
      'compute-feature-enabled.resize': 'True',
    });
  });

  it('writes what the configuration of Whitebox reads without a word', async () => {
    await stack({
      DATABASE_PASSWORD: 'pa$$word\\ &x',
      WHITEBOX_CPU_TOPOLOGY: '0: [0,1]',
      MAX_COMPUTE_NODES: '2',
    });
    const config = await loadConfig({ tempestConf: join(dir, 'tempest.conf') });
    expect(config.notes).toEqual([]);
    expect(config.get('whitebox-database', 'password')?.reveal()).toBe('pa$$word\\ &x');
    expect(config.get('whitebox-hardware', 'cpu_topology')?.get('0')).toEqual([0, 1]);
  });

  it('does not take a list in brackets for the name of a file', async () => {
    await writeFile(join(dir, '0'), '');
    const { tempest } = await stack({ WHITEBOX_CPU_TOPOLOGY: '0: [0,1]' });
    expect(tempest.get('whitebox-hardware', 'cpu_topology')).toBe('0: [0,1]');
  });

  it('writes the default nodes.yaml only where it is there', async () => {
    const path = join(dir, 'compute_nodes.yaml');
    await writeFile(path, '');
    const { tempest } = await stack({ WHITEBOX_NODES_YAML: path });
    expect(tempest.get('whitebox', 'nodes_yaml')).toBe(path);
    expect((await stack({ WHITEBOX_NODES_YAML: '/nowhere' })).tempest.get('whitebox', 'nodes_yaml')).toBe(
      '/nowhere',
    );
  });

  it('writes the path of a password file instead of the password', async () => {
    const { tempest } = await stack({
      WHITEBOX_DATABASE_PASSWORD_FILE: '/etc/db',
      DATABASE_PASSWORD: 's3cr3t',
    });
    expect(tempest.get('whitebox-database', 'password_file')).toBe('/etc/db');
    expect(tempest.toString()).not.toContain('s3cr3t');
  });

  it('has the NUMA filter in the list that Nova gets, once', async () => {
    const { nova } = await stack();
    expect(nova.get('filter_scheduler', 'enabled_filters')).toBe(
      'ComputeFilter,ImagePropertiesFilter,NUMATopologyFilter',
    );
    const again = await stack({ NOVA_FILTERS: 'NUMATopologyFilter,ComputeFilter' });
    expect(again.nova.get('filter_scheduler', 'enabled_filters')).toBe('NUMATopologyFilter,ComputeFilter');
  });

  it('sets the options of Nova before it starts', async () => {
    const { novaCpu } = await stack({
      CELLSV2_SETUP: 'singleconductor',
      WHITEBOX_CPU_DEDICATED_SET: '1-3',
      WHITEBOX_CPU_SHARED_SET: '4,5',
    });
    expect(novaCpu.get('filter_scheduler', 'track_instance_changes')).toBe('True');
    expect(novaCpu.get('compute', 'cpu_dedicated_set')).toBe('1-3');
    expect(novaCpu.get('compute', 'cpu_shared_set')).toBe('4,5');
  });

  it('leaves alone what cannot work with the superconductor, and CPU sets that nobody gives', async () => {
    const { nova } = await stack();
    expect(nova.get('filter_scheduler', 'track_instance_changes')).toBe('False');
    expect(nova.options('compute')).toEqual([]);
  });

  it('configures Nova on a compute node, where there is no Tempest', async () => {
    const { novaCpu, tempest } = await stack({ ENABLED_SERVICES: 'n-cpu', WHITEBOX_CPU_DEDICATED_SET: '2' });
    expect(novaCpu.get('compute', 'cpu_dedicated_set')).toBe('2');
    expect(written(tempest)).toEqual({ 'compute-feature-enabled.resize': 'True' });
  });

  it('does nothing without Nova and Tempest, and leaves the shell as it was', async () => {
    const { nova, tempest, output } = await stack({ ENABLED_SERVICES: 'key' });
    expect(nova.sections()).toEqual(['filter_scheduler']);
    expect(written(tempest)).toEqual({ 'compute-feature-enabled.resize': 'True' });
    expect(output).toBe('shell options: ehB\n');
    expect((await stack()).output).toContain('shell options: ehB\n');
  });

  it('works the same from the folder of the package', async () => {
    expect(written((await stack({}, packageFolder)).tempest)).toEqual(DEFAULTS);
  });

  it('does not change when it runs again', async () => {
    const first = (await stack()).tempest.toString();
    expect((await stack()).tempest.toString()).toBe(first);
  });
});

const shellcheck = spawnSync('shellcheck', ['--version']).status === 0;

it.skipIf(!shellcheck)('the scripts please shellcheck (needs shellcheck)', () => {
  const scripts = [
    ...['plugin.sh', 'settings'].flatMap((name) => [
      `${repository}devstack/${name}`,
      `${packageFolder}devstack/${name}`,
    ]),
    `${packageFolder}testdata/run-plugin.sh`,
  ];
  const run = spawnSync('shellcheck', scripts, { encoding: 'utf8' });
  expect(run.stdout).toBe('');
  expect(run.status).toBe(0);
});
