import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { LabStatus } from '../src/status.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// The whole command, as a user runs it: build it first (npm run build -w @whitebox/lab).
const main = join(import.meta.dirname, '../dist/main.js');
const name = 'wblife';
const networks = ['--subnet', '172.30.242.0/24', '--provider-subnet', '172.30.243.0/24'];
/** A cache of its own is built from nothing; the usual one makes this a matter of two minutes. */
const cacheDirectory = process.env['WHITEBOX_LAB_LIFECYCLE_CACHE'] ?? '/var/cache/whitebox-lab';
let directory: string;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const base = (cache: string) => [main, '--name', name, '--directory', directory, '--cache', cache];

async function lab(args: readonly string[], cache = cacheDirectory): Promise<Outcome> {
  try {
    const done = await promisify(execFile)('node', [...base(cache), ...args], { timeout: 800_000 });
    return { code: 0, ...done };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: code ?? -1, stdout: stdout ?? '', stderr: stderr ?? String(error) };
  }
}

/** Runs `up` until it has said that a stage began or ended, then kills it without a warning. */
async function killUpAt(event: string, stage: string, cache = cacheDirectory): Promise<void> {
  const child = spawn('node', [...base(cache), 'up', '--json', ...networks], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (text.includes(JSON.stringify({ event, stage }).slice(0, -1))) child.kill('SIGKILL');
  });
  const [, signal] = (await exited) as [number | null, string | null];
  expect(signal, `up ended before ${event} ${stage}:\n${text}`).toBe('SIGKILL');
}

/** Everything on the machine that bears the name of the lab, or lies in its directory. */
function traces(): string[] {
  const mine = (entry: string) => entry.startsWith(`${name}-`);
  const list = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(directory));
  const cgroups = ['', 'systemd', 'unified', 'memory'].flatMap((kind) =>
    list(join('/sys/fs/cgroup', kind))
      .filter(mine)
      .map((entry) => `cgroup ${kind}/${entry}`),
  );
  const loops = list('/sys/block').flatMap((device) => {
    const file = join('/sys/block', device, 'loop/backing_file');
    return existsSync(file) ? [readFileSync(file, 'utf8').trim()] : [];
  });
  const processes = list('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      // The supervisors of emulated hosts and guests included, whatever they are called.
      const zombie = /^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
      const inHost = !zombie && readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(`/${name}-`);
      return inHost || line.includes(directory) ? [`process ${line}`] : [];
    } catch {
      return [];
    }
  });
  return [
    ...mounts,
    ...cgroups,
    ...loops.filter((file) => file.startsWith(directory)),
    ...processes,
    ...list('/sys/class/net').filter(mine),
    ...list('/run/netns').filter(mine),
  ];
}

/**
 * The kernel takes the mounts of a host's namespace apart, and with them loop devices, some time after its last process; a
 * namespace that another lab makes meanwhile may hold a copy of them.
 */
const expectNoTraces = () => expect.poll(traces, { timeout: 60_000 }).toEqual([]);

/** The loop device under the root filesystem, while the lab is up. */
function loopDevice(): string {
  const base = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .find((line) => line.includes(`${directory}/base `));
  const device = / - squashfs \/dev\/(loop\d+) /.exec(base ?? '')?.[1];
  if (device === undefined) throw new Error('The root filesystem is not mounted from a loop device.');
  return device;
}

/** Attached to a file, and mounted by nobody: other labs come and go meanwhile, and may be given the device. */
const leaked = (device: string) =>
  existsSync(join('/sys/block', device, 'loop/backing_file')) &&
  !readFileSync('/proc/self/mountinfo', 'utf8').includes(` /dev/${device} `);

const lockHolder = () => readFileSync(join(directory, 'lock'), 'utf8');

let forwardingBefore: string;
/** Guests' hugepages are emulated: none of the machine's are taken, and none are left behind. */
let hugepagesBefore: string;
const hugepages = () => readFileSync('/proc/sys/vm/nr_hugepages', 'utf8');

const forwarding = () => readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8');

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lab-lifecycle-'));
  forwardingBefore = forwarding();
  hugepagesBefore = hugepages();
});

afterAll(async () => {
  await lab(['down', '--fast']);
  await rm(directory, { recursive: true, force: true });
});

describe('a lab', () => {
  it('that is not there is down, and says so', async () => {
    expect(await lab(['status'])).toMatchObject({ code: 3 });
    expect(await lab(['down'])).toMatchObject({ code: 0, stdout: 'The lab is not up.\n' });
    expect(await lab(['env'])).toMatchObject({ code: 3 });
    expect(await lab(['frobnicate'])).toMatchObject({ code: 2 });
  });

  it('whose up was killed while it built the root filesystem leaves no build, no half of a file and no process', async () => {
    const cache = join(directory, 'cache');
    await killUpAt('started', 'packages', cache);
    // Nobody has told the build yet.
    expect(traces()).toContainEqual(expect.stringContaining(`${name}-build`));
    expect(await lab(['down'], cache)).toMatchObject({ code: 0 });
    await expectNoTraces();
    expect(readdirSync(cache).sort()).toEqual(['archives', 'lock']);
  });

  it('whose up was killed while the root filesystem was mounted and the hosts were made can be taken down', async () => {
    await killUpAt('started', 'prepare');
    expect(await lab(['down'])).toMatchObject({ code: 0 });
    await expectNoTraces();
  });

  it('whose up was killed while its hosts booted goes on from there', async () => {
    await killUpAt('finished', 'start');
    await sleep(500);
    expect((await lab(['status'])).code).toBe(6);
    const { code, stdout, stderr } = await lab(['up', ...networks]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('The lab is up after');
    // The cache had it.
    expect(stdout).not.toContain('packages');
    expect(await lab(['status'])).toMatchObject({ code: 0 });
  });

  it('that is up stays as it is when it is brought up again, in a second or two', async () => {
    const start = Date.now();
    const { code, stdout } = await lab(['up', ...networks]);
    expect([code, stdout.split('\n')[0]]).toEqual([0, 'The lab is already up, and answers.']);
    // Generous, for a machine with other work; it takes 0.4 s.
    expect(Date.now() - start).toBeLessThan(10_000);
  });

  it('is reached by ssh, with the exit code of the command', async () => {
    expect(await lab(['ssh', 'compute1', 'hostname'])).toMatchObject({ code: 0, stdout: 'compute1\n' });
    expect(await lab(['ssh', 'controller', 'exit 7'])).toMatchObject({ code: 7 });
  });

  it('gives its files and a description', async () => {
    const { stdout } = await lab(['env', '--json']);
    const description = JSON.parse(stdout) as { directory: string; files: Record<string, string> };
    expect(description.directory).toBe(directory);
    for (const file of Object.values(description.files)) expect(existsSync(file), file).toBe(true);
    expect((await lab(['env'])).stdout).toContain(`export OS_CLIENT_CONFIG_FILE=${directory}/clouds.yaml\n`);
  });

  it('refuses other settings than those that it was made with', async () => {
    expect(await lab(['up', '--subnet', '172.30.250.0/24'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--subnet 172.30.242.0/24, not 172.30.250.0/24') as string,
    });
    expect(await lab(['up', '--profile', 'three-hosts'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--profile nfv, not three-hosts') as string,
    });
    expect(await lab(['up', '--profile', 'three-host'])).toMatchObject({ code: 2 });
  });

  it('keeps a second one from its addresses and names, and says what is in the way and which option helps', async () => {
    const other = await mkdtemp(join(tmpdir(), 'lab-lifecycle-'));
    const second = async (asName: string, ...options: string[]) => {
      const args = [
        main,
        '--name',
        asName,
        '--directory',
        other,
        '--cache',
        cacheDirectory,
        'up',
        ...options,
      ];
      const failed: unknown = await promisify(execFile)('node', args).catch((error: unknown) => error);
      return failed as { code: number; stderr: string };
    };
    try {
      const addresses = await second(
        'wbother',
        '--subnet',
        '172.30.242.0/25',
        '--provider-subnet',
        '172.30.243.128/25',
      );
      expect(addresses.code).toBe(4);
      expect(addresses.stderr).toContain(
        `address 172.30.242.1/24 of interface ${name}-mgmt; choose another with --subnet`,
      );
      expect(addresses.stderr).toContain('choose another with --provider-subnet');
      const names = await second(name, '--subnet', '172.30.244.0/24', '--provider-subnet', '172.30.245.0/24');
      expect(names.code).toBe(4);
      expect(names.stderr).toContain(
        `There is an interface ${name}-mgmt that this lab has not made; choose another name with --name.`,
      );
      expect(names.stderr).toContain(`a network namespace ${name}-net`);
    } finally {
      await rm(other, { recursive: true });
    }
    expect(await lab(['status'])).toMatchObject({ code: 0 });
  });

  it('is not worked on by two commands at once', async () => {
    await lab(['down', '--fast']);
    const first = lab(['up', ...networks]);
    await expect.poll(lockHolder, { timeout: 20_000 }).toContain('"up"');
    const second = await lab(['down']);
    expect([second.code, second.stderr]).toEqual([5, expect.stringContaining('being worked on by process')]);
    expect(await first).toMatchObject({ code: 0 });
  });

  it('comes back with what its users made in it after a down', async () => {
    const flavor = 'lifecycle';
    const openstack = (line: string) => lab(['ssh', 'controller', `. ./openrc; openstack ${line}`]);
    expect(await openstack(`flavor create --ram 64 --disk 0 --vcpus 1 ${flavor}`)).toMatchObject({ code: 0 });
    expect(await lab(['down'])).toMatchObject({ code: 0 });
    await expectNoTraces();
    expect(await lab(['up'])).toMatchObject({ code: 0 });
    expect(await openstack(`flavor show ${flavor}`)).toMatchObject({ code: 0 });
  });

  it('one of whose hosts died gets it back', async () => {
    const pid = Number(readFileSync(join(directory, 'hosts/compute1/pid'), 'utf8').split(' ')[0]);
    process.kill(pid, 'SIGKILL');
    await expect
      .poll(async () => (await lab(['status'])).stdout, { timeout: 20_000 })
      .toContain('Not running: compute1');
    expect(await lab(['up'])).toMatchObject({ code: 0 });
    expect(await lab(['ssh', 'compute1', 'hostname'])).toMatchObject({ code: 0, stdout: 'compute1\n' });
  });

  it('is pristine after up --fresh, with other secrets and, if so asked, of another profile', async () => {
    const secrets = () => readFileSync(join(directory, 'secrets.json'), 'utf8');
    const before = secrets();
    const fresh = await lab(['up', '--fresh', '--profile', 'three-hosts', ...networks]);
    expect(fresh).toMatchObject({ code: 0 });
    expect(secrets()).not.toBe(before);
    const shown = await lab(['ssh', 'controller', '. ./openrc; openstack flavor list -f value']);
    expect(shown).toMatchObject({ code: 0, stdout: '' });
  });

  it('shows what its profile says, and draws it', async () => {
    const { hosts } = JSON.parse((await lab(['status', '--json'])).stdout) as LabStatus;
    expect(hosts.map(({ name, facts }) => [name, facts?.online, facts?.cells.length])).toEqual(
      ['controller', 'compute1', 'compute2'].map((each) => [each, '0-23', 2]),
    );
    const { stdout } = await lab(['status']);
    expect(stdout).toContain('2 sockets, 2 NUMA cells, 12 cores, 24 CPUs, emulated\n');
    expect(stdout).not.toContain('\u001B');
  });

  it('ends when it is interrupted, and says how to go on', async () => {
    await lab(['down', '--fast']);
    const child = spawn('node', [...base(cacheDirectory), 'up'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.stdout.on('data', (chunk: Buffer) => {
      // Once: a second one would end it on the spot.
      if (!text.includes('start ') && (text + chunk.toString()).includes('start ')) child.kill('SIGINT');
      text += chunk.toString();
    });
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(errors).toContain('WB_LAB_INTERRUPTED: Interrupted.\n"lab up" goes on from here');
    expect(lockHolder()).toBe('');
    expect(await lab(['up'])).toMatchObject({ code: 0 });
  });

  it('leaves nothing on the machine when it is down, however often', async () => {
    const device = loopDevice();
    expect(await lab(['down'])).toMatchObject({ code: 0 });
    await expectNoTraces();
    expect(leaked(device)).toBe(false);
    expect(forwarding()).toBe(forwardingBefore);
    expect(hugepages()).toBe(hugepagesBefore);
    expect(await lab(['down'])).toMatchObject({ code: 0, stdout: 'The lab is not up.\n' });
    expect(await lab(['status'])).toMatchObject({ code: 3 });
  });

  it('that is destroyed leaves no file, and of the cache only what others run from', async () => {
    const cache = join(directory, 'cache');
    await mkdir(join(cache, 'archives'), { recursive: true });
    await writeFile(join(cache, 'bookworm-0.squashfs'), '');
    await mkdir(join(cache, 'work-1'));
    expect(await lab(['destroy'], cache)).toMatchObject({ code: 0 });
    expect(existsSync(directory)).toBe(false);
    expect(await lab(['destroy'], cache)).toMatchObject({ code: 0 });
  });
});
