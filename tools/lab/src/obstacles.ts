import type { Distribution } from './distribution.js';
import { LabError, exitCodes } from './errors.js';

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

/** One error that names them all. */
export function unfit(obstacles: readonly string[]): LabError {
  return new LabError(
    'WB_LAB_MACHINE',
    ['This machine cannot run the lab as asked:', ...obstacles.map((text) => `  - ${text}`)].join('\n'),
    { exitCode: exitCodes.machineUnfit },
  );
}
