import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLab, type LabDescription } from '../src/description.js';

// Labs whose hosts look as other deployment tools leave them, and Whitebox against them: what it finds there by itself, some
// cases, and one clear error for each thing that is wrong on the way. Both programs as a user runs them: build them first.
const labProgram = join(import.meta.dirname, '../dist/main.js');
const whiteboxProgram = join(import.meta.dirname, '../../../packages/runner/dist/main.js');
const suite = join(import.meta.dirname, '../../../packages/nova-nfv-suite');
const networks = ['--subnet', '172.30.244.0/24', '--provider-subnet', '172.30.245.0/24'];

interface Outcome {
  readonly code: number;
  /** Both streams. */
  readonly text: string;
  readonly seconds: number;
}

let folder: string;

async function node(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const options = { timeout: 800_000, maxBuffer: 2 ** 26, env: { ...process.env, ...env } };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...args], options);
    return { code: 0, text: stdout + stderr, seconds: seconds() };
  } catch (error) {
    const {
      code,
      stdout = '',
      stderr = String(error),
    } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: code ?? -1, text: stdout + stderr, seconds: seconds() };
  }
}

const command = (...args: string[]) =>
  node([labProgram, '--name', 'wbdep', '--directory', join(folder, 'lab'), ...args]);

async function inHost(host: string, shell: string): Promise<string> {
  const { code, text } = await command('ssh', host, shell);
  expect(code, `${host}: ${shell}\n${text}`).toBe(0);
  return text;
}

/** Whitebox with the lab's tempest.conf, changed by `edit`. */
async function whitebox(
  lab: LabDescription,
  args: readonly string[],
  edit: (text: string) => string = (text) => text,
): Promise<Outcome> {
  const config = join(folder, 'tempest.conf');
  await writeFile(config, edit(await readFile(lab.files.tempestConf, 'utf8')), { mode: 0o600 });
  const env = { OS_CLIENT_CONFIG_FILE: lab.files.cloudsYaml, XDG_STATE_HOME: join(folder, 'state') };
  return node([whiteboxProgram, ...args, '--config', config, '--cloud', lab.cloud], env);
}

/** Runs the cases of these names, which must all pass. */
async function expectToPass(lab: LabDescription, names: readonly string[]): Promise<void> {
  const args = ['run', suite, '--filter', names.join('|'), '--results', join(folder, 'results')];
  const { code, text } = await whitebox(lab, args);
  expect(text).toContain(`${names.length} passed`);
  expect(code, text).toBe(0);
}

/** Cases that read configuration, change it, restart services and move guests. */
const cases = [
  'a hard reboot keeps the dedicated CPUs of a guest',
  'with which its compute was just configured, also after a hard reboot',
  'a live migration gives a guest dedicated CPUs and emulator threads of its new host',
];

function describeLab(profile: string, tests: (lab: () => LabDescription) => void): void {
  describe(`a lab as ${profile}`, () => {
    let lab: LabDescription;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'deployments-'));
      const { code, text } = await command('up', '--profile', profile, ...networks);
      expect(code, text).toBe(0);
      lab = await readLab(join(folder, 'lab'));
    });
    afterAll(async () => {
      await command('down', '--fast');
      await rm(folder, { recursive: true, force: true });
    });
    tests(() => lab);
  });
}

describeLab('devstack', (lab) => {
  it('is found to be DevStack, with its units and the file of nova-compute', async () => {
    const { code, text } = await whitebox(lab(), ['discover']);
    expect(code, text).toBe(0);
    expect(text).toMatch(/^# compute1: DevStack \(unit devstack@n-cpu\.service\)$/m);
    expect(text).toContain('nova-compute: unit devstack@n-cpu.service; reads /etc/nova/nova-cpu.conf;');
    expect(text).toMatch(/^journalctl_unit = devstack@n-cpu$/m);
  });

  it('has what DevStack leaves for users of the controller', async () => {
    expect(await inHost('controller', 'cat /etc/openstack/clouds.yaml')).toContain('  devstack-admin:\n');
    expect(await inHost('controller', 'cat /opt/stack/tempest/etc/tempest.conf')).toContain('[whitebox]\n');
    const owner = await inHost('compute1', 'sudo stat -c %U /etc/nova/nova-cpu.conf /opt/stack/data/nova');
    expect(owner.trim().split('\n')).toEqual(['stack', 'stack']);
  });

  it('passes cases', async () => {
    await expectToPass(lab(), cases);
  });
});

/**
 * Whether a server greets from there without any jump, as sshd and MariaDB do at once. A connection alone tells nothing: on
 * the way out of some machines stands a proxy that takes those to any address.
 */
function greets(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 5000 });
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', () => {
      finish(true);
    });
    for (const event of ['error', 'timeout', 'end']) {
      socket.once(event, () => {
        finish(false);
      });
    }
  });
}

const option = (name: string, value: string) => (text: string) => {
  expect(text).toMatch(new RegExp(`^${name} = `, 'm'));
  return text.replace(new RegExp(`^${name} = .*$`, 'm'), `${name} = ${value}`);
};

describeLab('tripleo', (lab) => {
  it('has its services in containers of podman', async () => {
    const names = await inHost('compute1', "sudo podman ps --format '{{.Names}}' | sort | xargs");
    expect(names.trim()).toBe('nova_compute nova_libvirt nova_virtlogd');
    const pid = await inHost('compute1', "sudo podman inspect nova_compute --format '{{.State.Pid}}'");
    expect(await inHost('compute1', `sudo tr '\\0' ' ' < /proc/${pid.trim()}/cmdline`)).toContain(
      'nova-compute',
    );
  });

  it('has those of the controller in containers too: the one that answers as nova-api is there', async () => {
    const names = await inHost('controller', "sudo podman ps --format '{{.Names}}' | sort | xargs");
    expect(names.trim()).toBe(
      'nova_api nova_compute nova_conductor nova_libvirt nova_scheduler nova_virtlogd',
    );
    const pid = await inHost('controller', "sudo podman inspect nova_api --format '{{.State.Pid}}'");
    expect(await inHost('controller', 'sudo ss -Hltnp sport = :8774')).toContain(`pid=${pid.trim()},`);
    await inHost('controller', 'sudo test ! -e /etc/nova/nova.conf');
  });

  it('is found to be TripleO, with the source of the configuration and the container of virsh', async () => {
    const { code, text } = await whitebox(lab(), ['discover']);
    expect(code, text).toBe(0);
    expect(text).toMatch(/^# compute1: TripleO .*unit tripleo_nova_compute\.service/m);
    expect(text).toContain('podman container nova_compute of unit tripleo_nova_compute.service');
    expect(text).toContain('/etc/nova is /var/lib/config-data/puppet-generated/nova_libvirt/etc/nova');
    expect(text).toContain('nova-api: podman container nova_api of unit tripleo_nova_api.service;');
    expect(text).toContain('virsh: podman exec -u root nova_libvirt virsh');
  });

  it('cannot be reached but through the undercloud, neither its hosts nor its database', async () => {
    const { hosts, database, apiAddress } = lab();
    const greeting = async (address: string, port: number) => ({
      from: `${address}:${port}`,
      greets: await greets(address, port),
    });
    const found = await Promise.all([
      ...hosts.map(({ address }) => greeting(address, 22)),
      greeting(apiAddress, 22),
      greeting(database.address, database.port),
      greeting(apiAddress, database.port),
    ]);
    const undercloud = hosts.find(({ roles }) => roles.length === 0);
    const open = found.filter((one) => one.greets).map(({ from }) => from);
    expect(open).toEqual([`${undercloud?.address ?? ''}:22`]);
    expect((await fetch(`http://${apiAddress}:5000/v3`)).status).toBe(200);
    // On the way that Whitebox takes it answers.
    const { code, text } = await whitebox(lab(), ['discover']);
    expect(code, text).toBe(0);
    expect(text).toMatch(/^nova_cell1_db_name = nova_cell1$/m);
  });

  it('passes cases', async () => {
    await expectToPass(lab(), cases);
  });

  it.each([
    [
      'a key that nobody knows',
      () => option('ctlplane_ssh_private_key_path', join(folder, 'other')),
      /WB_SSH_AUTH/,
    ],
    ['no such jump host', () => option('ssh_jump', 'stack@172.30.244.99'), /172\.30\.244\.99/],
    ['a wrong password of the database', () => option('password', 'wrong'), /WB_DB_\w+/],
  ] as const)('says in seconds what is wrong: %s', async (_what, edit, expected) => {
    const key = join(folder, 'other');
    for (const file of [key, `${key}.pub`]) await rm(file, { force: true });
    await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const { code, text, seconds } = await whitebox(lab(), ['discover'], edit());
    expect(code).not.toBe(0);
    expect(text).toMatch(expected);
    expect(seconds).toBeLessThan(60);
  });

  it('says in seconds what is wrong: a container that is not there', async () => {
    await inHost('compute1', 'sudo podman rename nova_compute elsewhere');
    try {
      const { code, text, seconds } = await whitebox(lab(), ['discover']);
      expect(code).not.toBe(0);
      expect(text).toMatch(/nova-compute on (root@)?compute1: .*no container nova_compute/);
      expect(seconds).toBeLessThan(60);
    } finally {
      await inHost('compute1', 'sudo podman rename elsewhere nova_compute');
    }
  });
});
