import { existsSync } from 'node:fs';
import { access, constants, readFile, readdir, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { CpuSet } from '@whitebox/core';
import { aptSources, sourceLines } from './apt.js';
import { cgroupHierarchies } from './cgroups.js';
import { findCollisions, networkFacts } from './collisions.js';
import type { Distribution } from './distribution.js';
import { LabError, exitCodes } from './errors.js';
import { run, runAnyway } from './exec.js';
import type { Host } from './lab-hosts.js';
import { machineNames } from './names.js';
import type { LabSettings } from './settings.js';

const gibibyte = 2 ** 30;

/** What a lab needs of its machine. */
export const needs = {
  cpus: 2,
  memory: 4.3 * gibibyte,
  memoryPerHost: 0.6 * gibibyte,
  directoryDisk: 4 * gibibyte,
  cacheDisk: 5 * gibibyte,
} as const;

export interface MachineFacts {
  readonly platform: string;
  readonly architecture: string;
  readonly root: boolean;
  readonly apt: boolean;
  /** The machine's apt knows the release. */
  readonly suiteKnown: boolean;
  readonly cpus: number;
  readonly memory: number;
  /** Hosts of the lab. */
  readonly hosts: number;
  /** One of them shows hardware that the machine does not have. */
  readonly emulation: boolean;
  /** The kernel asks a supervisor about system calls (seccomp), which the emulation needs. */
  readonly userNotification: boolean;
  readonly directoryDisk: number;
  /** The lab's directory lies in an overlay itself, as a container's own files do. */
  readonly directoryOnOverlay: boolean;
  /** Undefined when the root filesystem is in the cache already. */
  readonly cacheDisk: number | undefined;
  readonly filesystems: readonly string[];
  readonly loop: boolean;
  /** Undefined in a lab without volumes, which does not need it. */
  readonly fuse: boolean | undefined;
  readonly cgroups: number;
  /** Kinds of network interface that the kernel cannot make. */
  readonly missingLinks: readonly string[];
}

/** Everything that keeps this machine from running a lab, each with what to do. Pure. */
export function findObstacles(facts: MachineFacts, distribution: Distribution): string[] {
  const gib = (bytes: number) => `${(bytes / gibibyte).toFixed(1)} GiB`;
  const neededMemory = needs.memory + facts.hosts * needs.memoryPerHost;
  const obstacles: [boolean, string][] = [
    [facts.platform !== 'linux', `The lab runs on Linux; this is ${facts.platform}.`],
    [
      facts.platform === 'linux' && facts.architecture !== 'x64',
      `The lab's packages are for ${distribution.architecture}; this machine is ${facts.architecture}.`,
    ],
    [!facts.root, 'Not root: the lab makes mounts, network interfaces and containers. Run it with sudo.'],
    [!facts.apt, 'There is no apt-get: the lab is made of Debian packages. Use a Debian or Ubuntu machine.'],
    [
      facts.apt && !facts.suiteKnown,
      `apt knows no release "${distribution.suite}" (${distribution.name}). Add it to /etc/apt/sources.list.d.`,
    ],
    [facts.cpus < needs.cpus, `${facts.cpus} CPU is usable, ${needs.cpus} are needed.`],
    [
      facts.memory < neededMemory,
      `The machine has ${gib(facts.memory)} of memory; ${gib(neededMemory)} are needed for ${facts.hosts} hosts.`,
    ],
    [
      facts.directoryDisk < needs.directoryDisk,
      `${gib(facts.directoryDisk)} are free for the lab's directory, ${gib(needs.directoryDisk)} are needed. Free some, or choose another with --directory.`,
    ],
    [
      facts.cacheDisk !== undefined && facts.cacheDisk < needs.cacheDisk,
      `${gib(facts.cacheDisk ?? 0)} are free for the cache, ${gib(needs.cacheDisk)} are needed to build. Free some, or choose another with --cache.`,
    ],
    [
      facts.directoryOnOverlay,
      "The lab's directory lies on an overlay filesystem, which cannot carry those of the hosts. In a container give it a volume, and name that with --directory.",
    ],
    ...['overlay', 'squashfs', 'ext4'].map((name): [boolean, string] => [
      facts.platform === 'linux' && !facts.filesystems.includes(name),
      `The kernel has no ${name} filesystem. Load or build the module ${name}.`,
    ]),
    [
      facts.platform === 'linux' && !facts.loop,
      'The kernel has no loop devices (/dev/loop-control). Load the module loop.',
    ],
    [
      facts.platform === 'linux' && facts.fuse === false,
      'The kernel has no FUSE (/dev/fuse), which volumes need. Load the module fuse, or leave them out: --without volumes.',
    ],
    [
      facts.root && facts.platform === 'linux' && facts.cgroups === 0,
      'No control group hierarchy can be written below /sys/fs/cgroup. In a container, give it its own, writable one.',
    ],
    [
      facts.emulation && facts.platform === 'linux' && !facts.userNotification,
      'The kernel has no user notification for seccomp (Linux 5.0), by which hosts show hardware of their own. Use --profile small.',
    ],
    ...facts.missingLinks.map((kind): [boolean, string] => [
      true,
      `The kernel cannot make network interfaces of type ${kind}. Load or build the module ${kind}.`,
    ]),
  ];
  return obstacles.flatMap(([holds, text]) => (holds ? [text] : []));
}

/** CPUs that programs started here may run on. */
export async function usableCpus(): Promise<number[]> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1];
  return list === undefined ? [...Array(availableParallelism()).keys()] : [...CpuSet.parse(list, 'kernel')];
}

/** OVERLAYFS_SUPER_MAGIC of linux/magic.h */
const overlayMagic = 0x794c7630;

/** Of the filesystem that a folder lies on, or will. */
async function filesystemOf(path: string): Promise<{ freeBytes: number; overlay: boolean }> {
  let existing = path;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize, type } = await statfs(existing);
  return { freeBytes: bavail * bsize, overlay: type === overlayMagic };
}

async function findProgram(name: string): Promise<boolean> {
  for (const folder of ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']) {
    const ok = await access(join(folder, name), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (ok) return true;
  }
  return false;
}

/** Packages with programs that the machine lacks. */
export async function missingTools(distribution: Distribution): Promise<string[]> {
  const missing = new Set<string>();
  for (const [program, pkg] of Object.entries(distribution.machineTools)) {
    if (!(await findProgram(program))) missing.add(pkg);
  }
  return [...missing];
}

const linkKinds = ['bridge', 'veth', 'vxlan'];

/** Tries in a network namespace that is gone with the shell. */
async function kindsThatFail(): Promise<string[]> {
  if (!(await findProgram('ip')) || !(await findProgram('unshare'))) return [];
  const script =
    'ip link add probe0 type bridge || echo bridge; ip link add probe1 type veth peer name probe2 || echo veth; ' +
    'ip link add probe3 type vxlan id 1 dstport 4789 || echo vxlan';
  const { stdout, code } = await runAnyway(['unshare', '--net', 'sh', '-c', script]);
  return code === 0
    ? stdout.split('\n').filter((word) => linkKinds.includes(word))
    : ['veth (unshare --net fails)'];
}

export async function machineFacts(
  settings: LabSettings,
  distribution: Distribution,
  hosts: readonly Host[],
  cached: boolean,
): Promise<MachineFacts> {
  const linux = process.platform === 'linux';
  const root = linux && process.getuid?.() === 0;
  const apt = linux && (await findProgram('apt-get'));
  // Modules that nobody has used yet are not in /proc/filesystems; where nothing can be loaded, that list is all there is.
  if (root)
    await runAnyway([
      'sh',
      '-c',
      'modprobe -q -a overlay squashfs ext4 loop fuse bridge veth vxlan 2>/dev/null; :',
    ]);
  const filesystems = (await readFile('/proc/filesystems', 'utf8').catch(() => '')).split(/\s+/);
  const seccompActions = await readFile('/proc/sys/kernel/seccomp/actions_avail', 'utf8').catch(() => '');
  const sources = apt ? sourceLines(await aptSources(), distribution) : [];
  const writable = root ? await writableHierarchies() : 0;
  const directory = await filesystemOf(settings.directory);
  return {
    platform: process.platform,
    architecture: process.arch,
    root,
    apt,
    suiteKnown: sources.length > 0,
    cpus: (await usableCpus()).length,
    memory: totalmem(),
    hosts: hosts.length,
    emulation: hosts.some(({ topology }) => topology !== undefined),
    userNotification: seccompActions.includes('user_notif'),
    directoryDisk: directory.freeBytes,
    directoryOnOverlay: directory.overlay,
    cacheDisk: cached ? undefined : (await filesystemOf(settings.cacheDirectory)).freeBytes,
    filesystems,
    loop: existsSync('/dev/loop-control'),
    fuse: settings.services.includes('volumes') ? existsSync('/dev/fuse') : undefined,
    cgroups: writable,
    missingLinks: root ? await kindsThatFail() : [],
  };
}

async function writableHierarchies(): Promise<number> {
  let count = 0;
  for (const folder of await cgroupHierarchies()) {
    const ok = await access(folder, constants.W_OK).then(
      () => true,
      () => false,
    );
    if (ok) count += 1;
  }
  return count;
}

/** What of the machine's network is in the way; nothing that this lab has recorded as its own. */
export async function machineCollisions(
  settings: LabSettings,
  hosts: readonly string[],
  own: boolean,
): Promise<string[]> {
  if (!(await findProgram('ip'))) return [];
  const names = machineNames(settings);
  const interfaces = [names.hostsInterface, names.providerInterface];
  const groups = await Promise.all(
    (await cgroupHierarchies()).map((folder) => readdir(folder).catch((): string[] => [])),
  );
  const facts = networkFacts(
    await run(['ip', '-j', '-4', 'address']).then(addDownInterfaces),
    await run(['ip', '-j', '-4', 'route', 'show', 'table', 'all']),
    await run(['ip', 'netns', 'list']),
    groups.flat(),
  );
  const foreign = own
    ? {
        ...facts,
        addresses: facts.addresses.filter((address) => !interfaces.includes(address.interface)),
        routes: facts.routes.filter(({ via }) => !interfaces.some((name) => via.includes(`dev ${name}`))),
      }
    : facts;
  return findCollisions(
    {
      subnet: settings.subnet,
      providerSubnet: settings.providerSubnet,
      interfaces: own ? [] : interfaces,
      namespaces: own ? [] : [names.networkNamespace, ...hosts.map(names.hostNamespace)],
      cgroups: own ? [] : hosts.map(names.hostCgroup),
    },
    foreign,
  );
}

/** `ip -4 address` leaves out interfaces without an address; their names count as well. */
async function addDownInterfaces(json: string): Promise<string> {
  const known = JSON.parse(json.trim() === '' ? '[]' : json) as { ifname?: string }[];
  const all = await readdir('/sys/class/net');
  const missing = all.filter((name) => !known.some(({ ifname }) => ifname === name));
  return JSON.stringify([...known, ...missing.map((ifname) => ({ ifname, addr_info: [] }))]);
}

/** One error that names them all. */
export function unfit(obstacles: readonly string[]): LabError {
  return new LabError(
    'WB_LAB_MACHINE',
    ['This machine cannot run the lab as asked:', ...obstacles.map((text) => `  - ${text}`)].join('\n'),
    { exitCode: exitCodes.machineUnfit },
  );
}
